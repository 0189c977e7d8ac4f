import { isSessionToken } from '../../identity/session-cookie.ts';
import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { SessionLookup } from '../session-lookup.ts';
import type { Authentication, Authenticator } from './authenticator.ts';
import { sessionPrincipal } from './session-principal.ts';

/** What the authenticator works with. */
export interface SessionAuthenticatorOptions {
  readonly sessions: SessionLookup;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  /** How long the core's answer is used, from the moment it was asked. At most 1, so that the end of a session is seen within a second. */
  readonly rememberSeconds?: number;
  /** How many answers are remembered. */
  readonly rememberedMax?: number;
  /** Told of each lookup that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

const REMEMBERED_MAX = 10_000;

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };
const UNKNOWN: Authentication = { kind: 'rejected', because: 'session_unknown' };
const EXPIRED: Authentication = { kind: 'rejected', because: 'expired' };

/** One question to the core: its answer, once there is one. Times are milliseconds. */
interface Lookup {
  readonly askedAt: number;
  readonly pending: Promise<Authentication>;
  answer: Authentication | undefined;
}

/**
 * Makes the authenticator of opaque session tokens. Asks the core, once for all who come with the same token, and uses the answer, also a
 * "no", for a second from the moment of asking: a slow lookup never brings an ended session back to life. Does NOT remember that
 * the core could not tell, and does NOT renew sessions.
 */
export function createSessionAuthenticator(options: SessionAuthenticatorOptions): Authenticator {
  const { clock, fingerprint } = options;
  const rememberMs = 1000 * Math.min(options.rememberSeconds ?? 1, 1);
  const rememberedMax = options.rememberedMax ?? REMEMBERED_MAX;
  const lookups = new Map<string, Lookup>();

  function ask(token: string, name: string, now: number): Promise<Authentication> {
    const pending = findSession(token, options).then((answer) => {
      if (answer.kind !== 'unavailable') lookup.answer = answer;
      else if (lookups.get(name) === lookup) lookups.delete(name);
      return answer;
    });
    const lookup: Lookup = { askedAt: now, pending, answer: undefined };
    lookups.delete(name);
    dropOldest(lookups, now - rememberMs, rememberedMax);
    lookups.set(name, lookup);
    options.keepAlive?.(pending);
    return pending;
  }

  return {
    name: 'session',
    authenticate(credential) {
      if (credential.kind !== 'session_token') return NOT_APPLICABLE;
      if (!isSessionToken(credential.token)) return UNKNOWN;
      const name = fingerprint(credential.token);
      const now = clock();
      const lookup = lookups.get(name);
      const recent = lookup !== undefined && Math.abs(now - lookup.askedAt) < rememberMs;
      const answer = recent ? (lookup.answer ?? lookup.pending) : ask(credential.token, name, now);
      return answer instanceof Promise
        ? answer.then((given) => unlessExpired(given, clock()))
        : unlessExpired(answer, now);
    },
  };
}

/** Asks the core about one token. A core that could not tell is an answer; any other error is a bug and passes through. */
async function findSession(
  token: string,
  { sessions }: SessionAuthenticatorOptions,
): Promise<Authentication> {
  try {
    const session = await sessions.findByToken(token);
    if (session === undefined) return UNKNOWN;
    const principal = sessionPrincipal(session);
    return principal.ok
      ? { kind: 'authenticated', principal: principal.value }
      : { kind: 'rejected', because: principal.reason };
  } catch (error) {
    if (error instanceof UnavailableError) return { kind: 'unavailable', dependency: error.dependency };
    throw error;
  }
}

function unlessExpired(answer: Authentication, now: number): Authentication {
  return answer.kind === 'authenticated' && now >= answer.principal.expiresAt * 1000 ? EXPIRED : answer;
}

/** Drops what is too old to be used, and the oldest beyond the bound. Lookups stand in the order in which they were asked. */
function dropOldest(lookups: Map<string, Lookup>, usefulSince: number, max: number): void {
  for (const [name, lookup] of lookups) {
    if (lookups.size < max && lookup.askedAt > usefulSince) return;
    lookups.delete(name);
  }
}
