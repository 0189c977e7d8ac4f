import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { Authentication } from './authenticator.ts';

/** What look-ups at the core are made and remembered with. */
export interface RememberedLookupsOptions {
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  /** How long the core's answer is used, from the moment it was asked. At most 1, so that a revocation is seen within a second. */
  readonly rememberSeconds?: number;
  /** How many answers are remembered. */
  readonly rememberedMax?: number;
  /** Told of each look-up that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

const REMEMBERED_MAX = 10_000;

const EXPIRED: Authentication = { kind: 'rejected', because: 'expired' };

/** One question to the core: its answer, once there is one. Times are milliseconds. */
interface Lookup {
  readonly askedAt: number;
  readonly pending: Promise<Authentication>;
  answer: Authentication | undefined;
}

/**
 * Makes what authenticates a secret by asking the core, once for all who come with the same one, and uses the answer, also a "no", for a
 * second from the moment of asking: a slow look-up never brings back what has ended. `ask` may throw UnavailableError: an answer that is
 * not remembered. Does NOT keep the secret, only its fingerprint.
 */
export function createRememberedLookups(
  options: RememberedLookupsOptions,
  ask: (secret: string) => Promise<Authentication>,
): (secret: string) => Authentication | Promise<Authentication> {
  const { clock, fingerprint } = options;
  const rememberMs = 1000 * Math.min(options.rememberSeconds ?? 1, 1);
  const rememberedMax = options.rememberedMax ?? REMEMBERED_MAX;
  const lookups = new Map<string, Lookup>();

  function begin(secret: string, name: string, now: number): Promise<Authentication> {
    const pending = unlessUnavailable(ask(secret)).then((answer) => {
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

  return (secret) => {
    const name = fingerprint(secret);
    const now = clock();
    const lookup = lookups.get(name);
    const recent = lookup !== undefined && Math.abs(now - lookup.askedAt) < rememberMs;
    const answer = recent ? (lookup.answer ?? lookup.pending) : begin(secret, name, now);
    return answer instanceof Promise
      ? answer.then((given) => unlessExpired(given, clock()))
      : unlessExpired(answer, now);
  };
}

/** A core that could not tell is an answer; any other error is a bug and passes through. */
async function unlessUnavailable(asked: Promise<Authentication>): Promise<Authentication> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UnavailableError) return { kind: 'unavailable', dependency: error.dependency };
    throw error;
  }
}

function unlessExpired(answer: Authentication, now: number): Authentication {
  return answer.kind === 'authenticated' && now >= answer.principal.expiresAt * 1000 ? EXPIRED : answer;
}

/** Drops what is too old to be used, and the oldest beyond the bound. Look-ups stand in the order in which they were asked. */
function dropOldest(lookups: Map<string, Lookup>, usefulSince: number, max: number): void {
  for (const [name, lookup] of lookups) {
    if (lookups.size < max && lookup.askedAt > usefulSince) return;
    lookups.delete(name);
  }
}
