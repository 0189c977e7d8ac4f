import { type Clock, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { SignatureAlgorithm } from '../policy/policy.ts';
import { createKeyIndex, type KeyIndex, type KeyMatch } from './key-index.ts';
import type { KeySetSource } from './key-set.ts';
import { createUnknownKeys, type UnknownKeys } from './unknown-keys.ts';
import type { VerificationKey } from './verification-key.ts';

/** What a key-set client tells of a key. `unavailable`: the issuer could not be asked, and what is known does not suffice. */
export type KeyFinding = KeyMatch | { readonly kind: 'unavailable' };

/** How a key set stands, for readiness and metrics. */
export interface KeySetState {
  /** `empty`: no key set that may be used. `stale`: past its time, used because the issuer does not answer. */
  readonly kind: 'empty' | 'fresh' | 'stale';
  readonly keyCount: number;
  /** Failed fetches since the last good one. */
  readonly failures: number;
}

/** The keys of one issuer, kept in memory. */
export interface KeySetClient {
  /** Finds the one key for a `kid` and an algorithm; at once where the kept keys tell, else by the one fetch that is under way. Never rejects. */
  find(kid: string | undefined, algorithm: SignatureAlgorithm): KeyFinding | Promise<KeyFinding>;
  /** Tells whether a key that was found earlier still stands. `false` also where the set must be fetched first: then ask `find`. */
  holds(key: VerificationKey): boolean;
  /**
   * Fetches the set if there is none, so that the first request need not wait; after a failure not before its cool-down is over. Does NOT reject
   * when the issuer is down; see `state`.
   */
  prefetch(): Promise<void>;
  /**
   * Fetches the set anew, because the issuer is known to have withdrawn keys: what is kept, and what a fetch under way brings, count no more
   * while it answers. Does NOT reject.
   */
  renew(): Promise<void>;
  /** Trusts the key of that `kid` never again, at once and whatever later fetches bring: a core that has not heard yet may still publish it. */
  withdraw(keyId: string): void;
  state(): KeySetState;
}

/** What a key-set client works with. */
export interface KeySetClientOptions {
  readonly source: KeySetSource;
  readonly clock: Clock;
  readonly log: Log;
  /** The issuer's name in the policy file, for the log. */
  readonly issuerId: string;
  /** Told of each fetch that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<void>) => void;
}

/** How long a set is kept when the issuer does not say, and the bounds of what it may say. */
const LIFETIME_DEFAULT_SECONDS = 10 * MINUTE_SECONDS;
const LIFETIME_MIN_SECONDS = MINUTE_SECONDS;
const LIFETIME_MAX_SECONDS = 24 * HOUR_SECONDS;
/** A set is fetched anew in the background when this part of its life is over. */
const REFRESH_AFTER_PART = 0.8;
/** How long keys serve past their time while the issuer is down. */
const STALE_MAX_SECONDS = DAY_SECONDS;
const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** A fetch that has told nothing for so long is given up for lost; the source's own timeout is far shorter. */
const FETCH_LOST_MS = 30_000;

const UNAVAILABLE: KeyFinding = { kind: 'unavailable' };
const UNKNOWN: KeyFinding = { kind: 'unknown' };

interface KeptSet {
  readonly index: KeyIndex;
  readonly refreshAt: number;
  readonly expiresAt: number;
  readonly uselessAt: number;
}

/** The memory of one client; all times are milliseconds of its clock. */
interface Memory {
  kept: KeptSet | undefined;
  failures: number;
  retryAt: number;
  underWay: { readonly done: Promise<void>; readonly since: number } | undefined;
  /** How often the set was to be renewed: a fetch that began before the last time may bring keys that were withdrawn. */
  renewals: number;
  readonly unknown: UnknownKeys;
  /** By their `kid`. */
  readonly withdrawn: Set<string>;
}

function createMemory(): Memory {
  const none = { kept: undefined, failures: 0, retryAt: 0, underWay: undefined, renewals: 0 };
  return { ...none, unknown: createUnknownKeys(), withdrawn: new Set() };
}

/**
 * Makes the client of one issuer's key set. It cannot be flooded: however many tokens come, there is one fetch at a time; a `kid` that is not
 * in the set causes one fetch per cool-down; failed fetches are spaced out. While the issuer is down, the keys serve on for up to a day.
 * Does NOT verify signatures and does NOT take keys from anywhere but `source`. @see RFC 8725, section 3.10
 */
export function createKeySetClient(options: KeySetClientOptions): KeySetClient {
  const { clock } = options;
  const memory = createMemory();
  const fetchOnce = () => startOrJoin(memory, options);

  function find(kid: string | undefined, algorithm: SignatureAlgorithm): KeyFinding | Promise<KeyFinding> {
    if (kid !== undefined && memory.withdrawn.has(kid)) return UNKNOWN;
    const now = clock();
    const findAfterFetch = () => findKept(memory, usable(memory, clock()), kid, algorithm);
    const kept = usable(memory, now);
    if (kept === undefined && now < memory.retryAt) return UNAVAILABLE;
    if (kept === undefined || !serves(kept, memory, now, fetchOnce)) return fetchOnce().then(findAfterFetch);
    const isKnown = kept.index.match(kid, algorithm).kind !== 'unknown';
    // A token without `kid` names no key that a newer set could have.
    if (isKnown || kid === undefined || !isWorthFetching(memory, kid, now))
      return findKept(memory, kept, kid, algorithm);
    return fetchOnce().then(findAfterFetch);
  }

  return {
    find,
    holds(key) {
      if (key.keyId !== undefined && memory.withdrawn.has(key.keyId)) return false;
      const now = clock();
      const kept = usable(memory, now);
      return kept?.index.has(key) === true && serves(kept, memory, now, fetchOnce);
    },
    async prefetch() {
      const now = clock();
      if (usable(memory, now) === undefined && now >= memory.retryAt) await fetchOnce();
    },
    renew() {
      const now = clock();
      const kept = memory.kept && { ...memory.kept, refreshAt: now, expiresAt: now };
      Object.assign(memory, { kept, failures: 0, retryAt: 0, underWay: undefined });
      memory.renewals += 1;
      return fetchOnce();
    },
    withdraw: (keyId) => void memory.withdrawn.add(keyId),
    state: () => stateOf(memory, clock()),
  };
}

/** The kept set, unless it is too old for any use. */
function usable({ kept }: Memory, now: number): KeptSet | undefined {
  return kept !== undefined && now < kept.uselessAt ? kept : undefined;
}

/** Whether the kept set may be used without asking first; starts the fetch ahead of expiry. */
function serves(kept: KeptSet, memory: Memory, now: number, fetchOnce: () => Promise<void>): boolean {
  if (now < kept.refreshAt) return true;
  // Past its time and nothing yet heard of the issuer being down: it may have withdrawn keys long ago, so ask first.
  if (now >= kept.expiresAt && memory.failures === 0) return false;
  if (now >= memory.retryAt) void fetchOnce();
  return true;
}

/** What the kept keys tell. A key is unknown only if the issuer told; while it is down, nobody can tell. */
function findKept(
  { failures, withdrawn }: Memory,
  kept: KeptSet | undefined,
  kid: string | undefined,
  algorithm: SignatureAlgorithm,
): KeyFinding {
  const match = kept?.index.match(kid, algorithm) ?? UNAVAILABLE;
  if (match.kind === 'found' && match.key.keyId !== undefined && withdrawn.has(match.key.keyId))
    return UNKNOWN;
  return match.kind === 'unknown' && failures > 0 ? UNAVAILABLE : match;
}

/** Whether to wait for a fetch because of an unknown `kid`: for one that is under way always, so that a new key's first users all pass. */
function isWorthFetching(memory: Memory, kid: string, now: number): boolean {
  if (memory.underWay !== undefined) return true;
  const due = memory.failures > 0 ? now >= memory.retryAt : memory.unknown.worthAsking(kid, now);
  if (due) memory.unknown.asked(kid, now);
  return due;
}

function stateOf(memory: Memory, now: number): KeySetState {
  const { failures } = memory;
  const kept = usable(memory, now);
  if (kept === undefined) return { kind: 'empty', keyCount: 0, failures };
  return { kind: now < kept.expiresAt ? 'fresh' : 'stale', keyCount: kept.index.byIdentity.size, failures };
}

/** Joins the fetch that is under way, or starts one. */
function startOrJoin(memory: Memory, options: KeySetClientOptions): Promise<void> {
  const since = options.clock();
  if (memory.underWay !== undefined && since - memory.underWay.since < FETCH_LOST_MS)
    return memory.underWay.done;
  const done = fetchInto(memory, options).finally(() => {
    if (memory.underWay?.done === done) memory.underWay = undefined;
  });
  memory.underWay = { done, since };
  options.keepAlive?.(done);
  return done;
}

/** Fetches the set into the memory. Never rejects: a failure is counted, logged, and puts off the next fetch. */
async function fetchInto(memory: Memory, options: KeySetClientOptions): Promise<void> {
  const { source, clock, log, issuerId } = options;
  const { renewals } = memory;
  const isOutdated = () => memory.renewals !== renewals;
  try {
    const { keys, maxAgeSeconds = LIFETIME_DEFAULT_SECONDS } = await source();
    const index = await createKeyIndex(keys, memory.kept?.index.byIdentity);
    if (isOutdated()) return await startOrJoin(memory, options);
    const lifetimeMs = 1000 * Math.min(Math.max(maxAgeSeconds, LIFETIME_MIN_SECONDS), LIFETIME_MAX_SECONDS);
    const now = clock();
    const expiresAt = now + lifetimeMs;
    memory.kept = {
      index,
      refreshAt: now + lifetimeMs * REFRESH_AFTER_PART,
      expiresAt,
      uselessAt: expiresAt + 1000 * STALE_MAX_SECONDS,
    };
    memory.failures = 0;
    memory.retryAt = 0;
    log.debug('key set fetched', { issuer: issuerId, keys: keys.length, usable: index.byIdentity.size });
  } catch (error) {
    if (isOutdated()) return startOrJoin(memory, options);
    memory.retryAt = clock() + Math.min(RETRY_FIRST_MS * 2 ** memory.failures, RETRY_MAX_MS);
    memory.failures += 1;
    const fields = { issuer: issuerId, failures: memory.failures, stale: memory.kept !== undefined };
    if (error instanceof UnavailableError)
      log.warn('key set could not be fetched', { ...fields, reason: error.message });
    else
      log.error('key set source failed', {
        ...fields,
        error: error instanceof Error ? error.name : 'unknown',
      });
  }
}
