import type { ActiveApiKey, MachineLookup } from '../../gateway/machine-lookup.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { isJsonObject, type JsonObject } from '../../oauth/json-object.ts';
import type { CoreAddress } from './session-lookup-http.ts';

// A request waits for this answer; a core that needs longer is as good as down.
const TIMEOUT_MS = 3000;

/**
 * Creates the look-up of API keys of a gateway that runs apart from its core: `POST /internal/machines/lookup` with HTTP Basic. Whatever is not
 * a well-formed 200 is UnavailableError ('core'), never "no key". @see RFC 7617 (Basic)
 */
export function createHttpMachineLookup(
  core: CoreAddress,
  options: { readonly fetch: typeof fetch },
): MachineLookup {
  const url = `${core.coreUrl}/internal/machines/lookup`;
  const headers = {
    authorization: `Basic ${btoa(`${core.client.id}:${core.client.secret}`)}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };

  async function ask(question: Readonly<Record<string, string>>): Promise<ActiveApiKey | undefined> {
    const { fetch: send } = options;
    const request = { method: 'POST', headers, body: JSON.stringify(question), redirect: 'manual' } as const;
    let answer: unknown;
    try {
      const response = await send(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
      answer = response.status === 200 ? await response.json() : await response.body?.cancel();
    } catch (error) {
      throw new UnavailableError('core', 'the core did not answer', { cause: error });
    }
    if (!isJsonObject(answer)) throw new UnavailableError('core', 'the core refused to tell');
    return answer.active === false ? undefined : readApiKey(answer);
  }

  return {
    findApiKey: (key) => ask({ api_key: key }),
    isActive: async (id) => (await ask({ id })) !== undefined,
  };
}

function readApiKey({ active, id, roles, scopes, expires_at: expiresAt }: JsonObject): ActiveApiKey {
  if (
    active !== true ||
    typeof id !== 'string' ||
    !isTexts(roles) ||
    !isTexts(scopes) ||
    (expiresAt !== undefined && typeof expiresAt !== 'number')
  )
    throw new UnavailableError('core', 'the core answered something else than an API key');
  return { id, roles, scopes, expiresAt };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
