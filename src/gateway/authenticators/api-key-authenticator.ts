import { isApiKey } from '../../identity/api-key.ts';
import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { MachineLookup } from '../machine-lookup.ts';
import { apiKeyPrincipal } from './api-key-principal.ts';
import type { Authentication, Authenticator } from './authenticator.ts';

/** What the authenticator works with. */
export interface ApiKeyAuthenticatorOptions {
  readonly machines: MachineLookup;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  /** Told of each look-up that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

// So that a revocation is seen within a second.
const REMEMBER_MS = 1000;
const REMEMBERED_MAX = 10_000;

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };
const MALFORMED: Authentication = { kind: 'rejected', because: 'malformed' };
const UNKNOWN: Authentication = { kind: 'rejected', because: 'api_key_unknown' };
const EXPIRED: Authentication = { kind: 'rejected', because: 'expired' };

interface Lookup {
  readonly askedAt: number;
  readonly pending: Promise<Authentication>;
  answer: Authentication | undefined;
}

/**
 * Makes the authenticator of API keys. A text whose check is wrong is refused without a question; otherwise the core is asked, once for
 * all who come with the same key, and its answer, also a "no", is used for a second from the moment of asking. Does NOT remember that
 * the core could not tell.
 */
export function createApiKeyAuthenticator(options: ApiKeyAuthenticatorOptions): Authenticator {
  const { machines, fingerprint, clock, keepAlive } = options;
  const lookups = new Map<string, Lookup>();

  function ask(key: string, name: string, now: number): Promise<Authentication> {
    const pending = findApiKey(key, machines).then((answer) => {
      if (answer.kind !== 'unavailable') lookup.answer = answer;
      else if (lookups.get(name) === lookup) lookups.delete(name);
      return answer;
    });
    const lookup: Lookup = { askedAt: now, pending, answer: undefined };
    lookups.delete(name);
    dropOldest(lookups, now - REMEMBER_MS);
    lookups.set(name, lookup);
    keepAlive?.(pending);
    return pending;
  }

  return {
    name: 'api_key',
    authenticate(credential) {
      if (credential.kind !== 'api_key') return NOT_APPLICABLE;
      if (!isApiKey(credential.key)) return MALFORMED;
      const name = fingerprint(credential.key);
      const now = clock();
      const lookup = lookups.get(name);
      const recent = lookup !== undefined && Math.abs(now - lookup.askedAt) < REMEMBER_MS;
      const answer = recent ? (lookup.answer ?? lookup.pending) : ask(credential.key, name, now);
      return answer instanceof Promise
        ? answer.then((given) => unlessExpired(given, clock()))
        : unlessExpired(answer, now);
    },
  };
}

/** Asks the core about one key. A core that could not tell is an answer; any other error is a bug and passes through. */
async function findApiKey(key: string, machines: MachineLookup): Promise<Authentication> {
  try {
    const found = await machines.findApiKey(key);
    if (found === undefined) return UNKNOWN;
    const principal = apiKeyPrincipal(found);
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

/** Drops what is too old to be used, and the oldest beyond the bound. Look-ups stand in the order in which they were asked. */
function dropOldest(lookups: Map<string, Lookup>, usefulSince: number): void {
  for (const [name, lookup] of lookups) {
    if (lookups.size < REMEMBERED_MAX && lookup.askedAt > usefulSince) return;
    lookups.delete(name);
  }
}
