import { isHeaderValue } from '../identity/header-value.ts';
import { isRoleName } from '../identity/role-name.ts';
import { ok, type Result, refused } from '../lib/result.ts';
import { type HeadersLike, headerValueOf } from './header-value-of.ts';
import type { HeaderReading, HeaderRefusal } from './identity.ts';

/** How the headers get to the service. */
export interface ReadingOptions {
  /**
   * What becomes of empty headers on their way. `sent` (default): they arrive, so that a missing one shows that the request did not come through
   * Wardgate. `dropped`: a reverse proxy between leaves them out, as newer Caddys do, and missing means empty. Then nothing shows that a
   * request came another way.
   */
  readonly emptyHeaders?: 'sent' | 'dropped';
}

/**
 * Reads who is calling from the four identity headers that Wardgate sets on each request. Nothing is guessed: a repeated header, a comma in a
 * header of one value, a name that is no role, and headers that contradict each other are refused. Believes the headers, so the service must be
 * reachable through Wardgate alone. Does NOT verify a signature (`createAssertionVerifier` does) and does NOT look at `Authorization`.
 */
export function readIdentity(headers: HeadersLike, options: ReadingOptions = {}): HeaderReading {
  const userId = readSingle(headers, 'x-user-id', options);
  if (!userId.ok) return refusal(userId.reason);
  const roles = readRoles(headers, options);
  if (!roles.ok) return refusal(roles.reason);
  const username = readSingle(headers, 'x-consumer-username', options);
  if (!username.ok) return refusal(username.reason);
  const sessionId = readSingle(headers, 'x-session-id', options);
  if (!sessionId.ok) return refusal(sessionId.reason);
  if (userId.value !== '')
    return {
      kind: 'identified',
      identity: {
        userId: userId.value,
        roles: roles.value,
        username: username.value || undefined,
        sessionId: sessionId.value || undefined,
      },
    };
  const empty = roles.value.length === 0 && username.value === '' && sessionId.value === '';
  return empty ? { kind: 'anonymous' } : refusal('header_malformed');
}

/** Reads a header that must be there, perhaps empty. */
export function readPresent(
  headers: HeadersLike,
  lowerCaseName: string,
  { emptyHeaders = 'sent' }: ReadingOptions,
): Result<string, HeaderRefusal> {
  const found = headerValueOf(headers, lowerCaseName);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  return emptyHeaders === 'dropped' ? ok('') : refused('not_behind_wardgate');
}

function readSingle(
  headers: HeadersLike,
  name: string,
  options: ReadingOptions,
): Result<string, HeaderRefusal> {
  const found = readPresent(headers, name, options);
  if (!found.ok) return found;
  // Most runtimes join repeated fields with a comma; who then takes the first part takes a stranger's word.
  if (found.value.includes(',')) return refused('header_repeated');
  return isHeaderValue(found.value) ? found : refused('header_malformed');
}

function readRoles(headers: HeadersLike, options: ReadingOptions): Result<readonly string[], HeaderRefusal> {
  const found = readPresent(headers, 'x-user-roles', options);
  if (!found.ok) return found;
  if (found.value === '') return ok([]);
  const roles = found.value.split(',');
  // Wardgate names no role twice and writes no blank between two: both come of fields that were joined.
  const written = roles.every(isRoleName) && new Set(roles).size === roles.length;
  return written ? ok(roles) : refused('header_malformed');
}

function refusal(because: HeaderRefusal): HeaderReading {
  return { kind: 'refused', because };
}
