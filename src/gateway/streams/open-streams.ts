import type { Principal } from '../../identity/principal.ts';
import { createBoundedQueue } from '../../lib/bounded-queue.ts';
import type { Log } from '../../lib/log.ts';
import { createOutcomeCounts } from '../../lib/outcome-counts.ts';
import { stackFrames } from '../../lib/stack-frames.ts';
import { askedAbout, questionName } from '../revocation/asked-about.ts';
import { type Bond, bondExpiryMs, bondSince, endOfRevoked, revocableIds } from './bond.ts';
import { callAt, type Time } from './call-at.ts';
import { createEntriesById, type EntriesById } from './entries-by-id.ts';
import type { RevocationNews } from './revocation-news.ts';
import { endByRevocation, type StreamEnd } from './stream-end.ts';

/**
 * What goes on between a client and an upstream. `stream`: without an end of its own (a WebSocket, server-sent events), so that its credential may
 * run out meanwhile. `transfer`: any other body under way, in either direction, which was asked for while the credential was good.
 */
export type StreamKind = 'stream' | 'transfer';

/** How many streams there are, and how many were ended why. */
export interface StreamCounts {
  /** Streams alone, not transfers. */
  readonly open: number;
  /** Streams and transfers. */
  readonly ended: ReadonlyMap<string, number>;
}

/** The streams that are open, and ended when what they stand on is taken away. */
export interface OpenStreams {
  /**
   * Adds one; without a bond it stands on nothing that could be taken away. `end` is called at most once, perhaps before this returns: when what the
   * bond names is revoked; a stream's also when its credential expires, unless it may outlive it, and when nobody can tell any more.
   * Answers with a function that removes it, after which `end` is not called.
   */
  add(bond: Bond | undefined, kind: StreamKind, end: (why: StreamEnd) => void): () => void;
  /**
   * Asks once about each token, browser session or API key that something stands on, with the clients that act for it, and ends what does not stand any more: for when no revocations are heard. A
   * few questions are put at once.
   */
  review(isRevoked: (principal: Principal) => Promise<boolean>): Promise<void>;
  /** Ends all streams because the gateway stops. Does NOT end transfers. */
  endAll(): void;
  counts(): StreamCounts;
}

/** What open streams are watched by. */
export interface OpenStreamsOptions extends Time {
  readonly news: RevocationNews;
  readonly log: Log;
}

/** Enough to get through ten thousand sessions in seconds, and few enough for a core that is in trouble already. */
const QUESTIONS_AT_ONCE = 16;

interface Entry {
  readonly bond: Bond | undefined;
  readonly kind: StreamKind;
  /** Empty where nothing of it is ours to revoke. */
  readonly ids: readonly string[];
  readonly end: (why: StreamEnd) => void;
  cancelExpiry: () => void;
}

/**
 * Creates the register of open streams. A revocation finds its own among any number of others by one look-up. What was revoked
 * between the decision and the start of a stream is noticed when it is added.
 */
export function createOpenStreams(options: OpenStreamsOptions): OpenStreams {
  const { news, log } = options;
  const byId: EntriesById<Entry> = createEntriesById();
  const all: Record<StreamKind, Set<Entry>> = { stream: new Set(), transfer: new Set() };
  const ended = createOutcomeCounts();

  function remove(entry: Entry): boolean {
    if (!all[entry.kind].delete(entry)) return false;
    byId.remove(entry.ids, entry);
    entry.cancelExpiry();
    return true;
  }

  function finish(entry: Entry, why: StreamEnd): void {
    if (!remove(entry)) return;
    ended.add(why);
    callEnd(entry, why, log);
  }

  news.onRevoked(({ kind, id }) => {
    for (const entry of byId.find(id)) if (isRevoked(entry, news)) finish(entry, endByRevocation(kind));
  });
  news.onStale(() => {
    for (const entry of [...all.stream]) if (entry.ids.length > 0) finish(entry, 'revocations_unknown');
  });

  return {
    add(given, kind, end) {
      const bond = given && kind === 'stream' ? bondSince(given, options.clock()) : given;
      const ids = bond === undefined ? [] : revocableIds(bond.principal);
      const entry: Entry = { bond, kind, ids, end, cancelExpiry() {} };
      all[kind].add(entry);
      byId.add(ids, entry);
      const already = endAtStart(entry, news);
      if (already !== undefined) finish(entry, already);
      else
        entry.cancelExpiry = callAt(() => finish(entry, 'token_expired'), expiryMs(entry, options), options);
      return () => void remove(entry);
    },
    review: (ask) =>
      review([...all.stream, ...all.transfer], ask, (entry) => finish(entry, endOfRevoked(entry.bond))),
    endAll() {
      for (const entry of [...all.stream]) finish(entry, 'going_away');
    },
    counts: () => ({ open: all.stream.size, ended: ended.all() }),
  };
}

function isRevoked({ bond, ids }: Entry, news: RevocationNews): boolean {
  return bond !== undefined && ids.length > 0 && news.isRevoked(bond.principal);
}

/** Why a stream ends that has only begun. */
function endAtStart(entry: Entry, news: RevocationNews): StreamEnd | undefined {
  if (isRevoked(entry, news)) return endOfRevoked(entry.bond);
  return entry.kind === 'stream' && entry.ids.length > 0 && news.isStale()
    ? 'revocations_unknown'
    : undefined;
}

async function review(
  entries: readonly Entry[],
  ask: (principal: Principal) => Promise<boolean>,
  end: (entry: Entry) => void,
): Promise<void> {
  const byHolder = Map.groupBy(entries, ({ bond, ids }) =>
    bond === undefined || ids.length === 0 ? undefined : questionName(askedAbout(bond.principal)),
  );
  byHolder.delete(undefined);
  const questions = createBoundedQueue({
    runningMax: QUESTIONS_AT_ONCE,
    waitingMax: byHolder.size,
    full: () => new Error('more questions than holders'),
  });
  const answers = Array.from(byHolder.values(), async ([first, ...others]) => {
    const principal = first?.bond?.principal;
    if (first === undefined || principal === undefined) return;
    if (await questions.run(() => ask(principal))) for (const entry of [first, ...others]) end(entry);
  });
  await Promise.all(answers);
}

/** When its credential ends it. */
function expiryMs({ bond, kind }: Entry, { clock }: Time): number {
  return bond === undefined || kind === 'transfer' ? Number.POSITIVE_INFINITY : bondExpiryMs(bond, clock());
}

/** One that cannot be ended keeps none of the others open. */
function callEnd({ end }: Entry, why: StreamEnd, log: Log): void {
  try {
    end(why);
  } catch (error) {
    log.error('an open stream could not be ended', stackFrames(error));
  }
}
