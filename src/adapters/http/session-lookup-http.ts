import type { ActiveSession, SessionLookup } from '../../gateway/session-lookup.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { isJsonObject, type JsonObject } from '../../oauth/json-object.ts';

/** Where the core is, and who we are to it. */
export interface CoreAddress {
  /** `WARDGATE_CORE_URL`: an origin. */
  readonly coreUrl: string;
  readonly client: { readonly id: string; readonly secret: string };
}

// A request waits for this answer; a core that needs longer is as good as down.
const TIMEOUT_MS = 3000;

/**
 * Creates the session look-up of a gateway that runs apart from its core: `POST /internal/sessions/lookup` with HTTP Basic.
 * Whatever is not a well-formed 200 (network, status, a page, our credential refused) is UnavailableError ('core'), never "no session".
 * @see RFC 7617 (Basic)
 */
export function createHttpSessionLookup(
  core: CoreAddress,
  options: { readonly fetch: typeof fetch },
): SessionLookup {
  const url = `${core.coreUrl}/internal/sessions/lookup`;
  const headers = {
    authorization: `Basic ${btoa(`${core.client.id}:${core.client.secret}`)}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };

  async function ask(question: Readonly<Record<string, string>>): Promise<ActiveSession | undefined> {
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
    if (answer.active === false) return undefined;
    return readSession(answer);
  }

  return {
    findByToken: (token) => ask({ token }),
    isActive: async (sessionId) => (await ask({ session_id: sessionId })) !== undefined,
  };
}

function readSession(answer: JsonObject): ActiveSession {
  const {
    active,
    session_id: sessionId,
    user_id: userId,
    username,
    roles,
    scopes,
    expires_at: expiresAt,
  } = answer;
  if (
    active !== true ||
    typeof sessionId !== 'string' ||
    typeof userId !== 'string' ||
    typeof username !== 'string' ||
    typeof expiresAt !== 'number' ||
    !isTexts(roles) ||
    !isTexts(scopes)
  )
    throw new UnavailableError('core', 'the core answered something else than a session');
  const links = { patientId: textOf(answer.patient_id), doctorId: textOf(answer.doctor_id) };
  return { sessionId, userId, username, roles, scopes, expiresAt, ...links };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
