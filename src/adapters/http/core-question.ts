import { UnavailableError } from '../../lib/unavailable-error.ts';
import { isJsonObject, type JsonObject } from '../../oauth/json-object.ts';

/** Where the core is, and who we are to it. */
export interface CoreAddress {
  /** `WARDGATE_CORE_URL`: an origin. */
  readonly coreUrl: string;
  readonly client: { readonly id: string; readonly secret: string };
}

/** What a look-up at the core is sent with. */
export interface CoreQuestionOptions {
  readonly fetch: typeof fetch;
}

// A request waits for this answer; a core that needs longer is as good as down.
const TIMEOUT_MS = 3000;

/**
 * Makes what asks the core at one of its `/internal` paths: POST of a JSON object with HTTP Basic. Answers the JSON object, or undefined
 * for `{"active":false}`. Whatever is not a well-formed 200 (network, status, a page, our credential refused) is UnavailableError
 * ('core'), never "inactive". @see RFC 7617 (Basic)
 */
export function createCoreQuestion(
  { coreUrl, client }: CoreAddress,
  path: string,
  { fetch: send }: CoreQuestionOptions,
): (question: Readonly<Record<string, unknown>>) => Promise<JsonObject | undefined> {
  const url = `${coreUrl}${path}`;
  const headers = {
    authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
  return async (question) => {
    const request = { method: 'POST', headers, body: JSON.stringify(question), redirect: 'manual' } as const;
    let answer: unknown;
    try {
      const response = await send(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
      answer = response.status === 200 ? await response.json() : await response.body?.cancel();
    } catch (error) {
      throw new UnavailableError('core', 'the core did not answer', { cause: error });
    }
    if (!isJsonObject(answer)) throw new UnavailableError('core', 'the core refused to tell');
    return answer.active === false ? undefined : answer;
  };
}

/** Tells whether a member of the core's answer is a list of strings. */
export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
