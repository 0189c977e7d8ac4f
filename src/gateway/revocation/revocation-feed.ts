import type { Revocation, RevocationBatch } from '../../identity/revocation.ts';
import { type Clock, MINUTE_SECONDS, type Timer } from '../../lib/durations.ts';
import { createListeners } from '../../lib/listeners.ts';
import type { Log } from '../../lib/log.ts';
import { createRevocationIndex, type KeptRevocationIndex, type RevocationIndex } from './revocation-index.ts';

/**
 * How far what is known of revocations can be relied on. `current`: the log was heard within ten seconds. `silent`: it was not, and the core is asked about each
 * token; while it does not answer either, what was verified serves by its signature alone for as long as the grace runs. `stale`: the grace is
 * over, and the core does not answer: nobody can tell.
 */
export type Freshness = (typeof FRESHNESS_STATES)[number];

/** All of them. */
export const FRESHNESS_STATES = ['current', 'silent', 'stale'] as const;

/** How long the log may be silent until the core is asked. It beats each second. */
export const SILENCE_MAX_MS = 10_000;
const WATCH_MS = 1000;
/** One that is behind by more refuses each token for all its life. */
const CLOCK_BEHIND_MAX_SECONDS = 15 * MINUTE_SECONDS;

/** What a process knows of revocations, and how well. */
export interface RevocationFeed {
  readonly index: RevocationIndex;
  /** Signing keys that were revoked, by their `kid`: for those who come to verify later. */
  readonly withdrawnKeys: ReadonlySet<string>;
  freshness(): Freshness;
  /** Whether what was verified may serve by its signature alone where the core cannot tell. Never before the log was heard for the first time. */
  isInGrace(): boolean;
  /** Takes what of the log is told. */
  take(batch: RevocationBatch): void;
  /** Takes a session that this process ended itself, before the log tells of it. */
  takeEndedSession(sessionId: string): void;
  /** Notes whether the core, asked because of silence, could tell. */
  noteAnswer(answered: boolean): void;
  /** Notes that a request was served by the signature of its token alone. */
  noteUnheard(): void;
  /** Calls the listener with each revocation as it comes, after the index holds it; one may come more than once. Answers with a function that stops it. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
  /**
   * Calls the listener when nobody can tell any more what is revoked, once each time: while the feed is watched, and when the log is heard again after longer than it
   * tells of. Answers with a function that stops it. Does NOT tell when the log is heard again: see `freshness`.
   */
  onStale(listener: () => void): () => void;
  /** Looks each second how fresh the feed is, logs each change, tells when it goes stale, and has `probe` ask the core while the log is silent. Answers with what stops it. */
  watch(timer: Timer, probe: () => unknown): () => void;
  state(): RevocationFeedState;
}

/** How the feed stands, for metrics. */
export interface RevocationFeedState {
  readonly freshness: Freshness;
  /** How long nothing was heard; since the start where nothing ever was. */
  readonly silenceMs: number;
  readonly entries: number;
  /** How many questions were put to the core because of silence, since the start. */
  readonly questions: number;
  /** How many requests were served by signature alone, since the start. */
  readonly unheard: number;
}

/** What a feed works with. */
export interface RevocationFeedOptions {
  readonly clock: Clock;
  /** Milliseconds that only grow; differences are durations. May stand still with the machine, of which `clock` tells. */
  readonly elapsed: Clock;
  /** How long what was revoked can still be good by itself, by a clock that is right. */
  readonly rememberSeconds: number;
  /** `revocation.grace` of the policy in force. */
  readonly graceMs: () => number;
  readonly log: Log;
}

/** Creates a feed that has heard nothing yet. Does NOT fetch: whoever follows the log hands it over by `take`. */
export function createRevocationFeed(options: RevocationFeedOptions): RevocationFeed {
  const { clock, elapsed, log } = options;
  const index = createPatientIndex(options);
  const revoked = createListeners<Revocation>(({ kind }) =>
    log.error('a listener for revocations failed', { kind }),
  );
  const stale = createListeners<undefined>(() => log.error('a listener for stale revocations failed'));
  const nowOf = () => ({ clock: clock(), elapsed: elapsed() });
  const startedAt = nowOf();
  const times: Times = { startedAt, heardAt: undefined, answeredAt: startedAt, sweptAt: startedAt };
  const counts = { questions: 0, unheard: 0 };
  const freshness = () => freshnessAt(nowOf(), times, options.graceMs());

  function add(revocation: Revocation): void {
    index.add(revocation);
    revoked.tell(revocation);
  }

  return {
    index,
    withdrawnKeys: index.withdrawnKeys,
    freshness,
    isInGrace: () => isInGrace(nowOf(), times, options.graceMs()),
    take({ revocations, hasMore }) {
      const now = nowOf();
      for (const revocation of revocations) add(revocation);
      // Whoever knows a part of what was revoked does not know what stands.
      if (!hasMore) noteHeard(now, times, { ...options, tellStale: () => stale.tell(undefined) });
      // Once a second, however fast the log is told.
      if (isWithin(now, times.sweptAt, WATCH_MS - 1)) return;
      times.sweptAt = now;
      index.forgetSome();
    },
    takeEndedSession: (id) => add({ kind: 'session', id, revokedAtMs: clock() }),
    noteUnheard() {
      counts.unheard += 1;
    },
    noteAnswer(answered) {
      counts.questions += 1;
      times.answeredAt = answered ? nowOf() : undefined;
    },
    onRevoked: revoked.add,
    onStale: stale.add,
    watch: (timer, probe) => watch({ timer, probe, freshness, log, onStale: () => stale.tell(undefined) }),
    state() {
      const silenceMs = msBetween(nowOf(), times.heardAt ?? startedAt);
      return { freshness: freshness(), silenceMs, entries: index.size(), ...counts };
    },
  };
}

/** Where our clock is behind, or is set back, a token passes for so much longer than it lives. */
function createPatientIndex({ elapsed, rememberSeconds }: RevocationFeedOptions): KeptRevocationIndex {
  return createRevocationIndex({ elapsed, rememberSeconds: rememberSeconds + CLOCK_BEHIND_MAX_SECONDS });
}

/** A time by both clocks, in milliseconds. */
interface Moment {
  readonly clock: number;
  readonly elapsed: number;
}

interface Times {
  readonly startedAt: Moment;
  heardAt: Moment | undefined;
  /** When the core, asked because of silence, could tell last; `undefined` since it could not. At the start it is owed the time to do so. */
  answeredAt: Moment | undefined;
  /** When something was last forgotten. */
  sweptAt: Moment;
}

/** The log tells of no more than tokens can outlive: after a longer silence nobody tells what was taken from streams that a long grace, or a process that was paused, kept open. */
function noteHeard(
  now: Moment,
  times: Times,
  options: Pick<RevocationFeedOptions, 'rememberSeconds' | 'log'> & { readonly tellStale: () => void },
): void {
  const isAllTold = isWithin(now, times.heardAt ?? times.startedAt, 1000 * options.rememberSeconds);
  times.heardAt = now;
  if (isAllTold) return;
  // A Worker that had no requests for as long says so too.
  options.log.info('revocations are heard again after longer than is told of');
  options.tellStale();
}

function freshnessAt(now: Moment, times: Times, graceMs: number): Freshness {
  if (isWithin(now, times.heardAt, SILENCE_MAX_MS)) return 'current';
  return isInGrace(now, times, graceMs) || isWithin(now, times.answeredAt, SILENCE_MAX_MS)
    ? 'silent'
    : 'stale';
}

/** The grace begins when ten seconds of silence have passed, and not with the last answer: that one told of one session alone. */
function isInGrace(now: Moment, { heardAt }: Times, graceMs: number): boolean {
  return isWithin(now, heardAt, SILENCE_MAX_MS + graceMs);
}

function isWithin(now: Moment, since: Moment | undefined, ms: number): boolean {
  return since !== undefined && msBetween(now, since) <= ms;
}

/** By whichever clock it is longer: one may have been set, and the other may have stood still. */
function msBetween(now: Moment, since: Moment): number {
  return Math.max(Math.abs(now.clock - since.clock), now.elapsed - since.elapsed);
}

const CHANGES: Readonly<Record<Freshness, string>> = {
  current: 'revocations are heard again',
  silent: 'no revocations are heard: the core is asked about each token',
  stale:
    'no revocations are heard, and the core does not answer or refuses our client id and secret: what it issued is refused',
};

/** Watches how fresh a feed is. */
function watch(options: {
  readonly timer: Timer;
  readonly probe: () => unknown;
  readonly freshness: () => Freshness;
  readonly log: Log;
  readonly onStale: () => void;
}): () => void {
  const { timer, probe, freshness, log, onStale } = options;
  let known: Freshness = 'current';

  function look(): void {
    const now = freshness();
    if (now !== known) log[now === 'current' ? 'info' : 'warn'](CHANGES[now]);
    if (now === 'stale' && known !== 'stale') onStale();
    known = now;
    if (now !== 'current') probe();
    cancel = timer(look, WATCH_MS);
  }

  let cancel = timer(look, WATCH_MS);
  return () => cancel();
}
