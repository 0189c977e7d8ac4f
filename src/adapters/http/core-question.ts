import { UnavailableError } from '../../lib/unavailable-error.ts';
import { type JsonObject, parseJsonObject } from '../../oauth/json-object.ts';
import { readBoundedBody } from './bounded-body.ts';
import { basicCredential, type Cores } from './cores.ts';

const ANSWER = { bytesMax: 256 * 1024, from: 'core' } as const;

/** What a look-up at the core is sent with. */
export interface CoreQuestionOptions {
  readonly fetch: typeof fetch;
}

/**
 * Makes what asks the core at one of its `/internal` paths: POST of a JSON object with HTTP Basic. Answers the JSON object, or undefined
 * for `{"active":false}`. Whatever is not a well-formed 200 (network, status, a page, our credential refused) is UnavailableError
 * ('core'), never "inactive". Of several cores the next one is asked where one does not answer, with a status from 500, or with something else than
 * an object. @see RFC 7617 (Basic)
 */
export function createCoreQuestion(
  cores: Cores,
  path: string,
  { fetch: send }: CoreQuestionOptions,
): (question: Readonly<Record<string, unknown>>) => Promise<JsonObject | undefined> {
  const headers = {
    authorization: basicCredential(cores.client),
    'content-type': 'application/json',
    accept: 'application/json',
  };

  async function attempt(coreUrl: string, body: string): Promise<JsonObject | undefined> {
    const signal = AbortSignal.timeout(cores.timeoutMs);
    const request = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
    try {
      const response = await send(`${coreUrl}${path}`, request);
      if (response.status === 200) {
        const answer = parseJsonObject(await readBoundedBody(response, ANSWER));
        if (answer !== undefined) return answer;
      } else {
        await response.body?.cancel();
        if (response.status < 500) return undefined;
      }
    } catch (error) {
      throw new UnavailableError('core', 'the core did not answer', { cause: error });
    }
    throw new UnavailableError('core', 'the core could not tell');
  }

  return async (question) => {
    const body = JSON.stringify(question);
    const answer = await cores.ask((coreUrl) => attempt(coreUrl, body));
    if (answer === undefined) throw new UnavailableError('core', 'the core refused to tell');
    return answer.active === false ? undefined : answer;
  };
}
