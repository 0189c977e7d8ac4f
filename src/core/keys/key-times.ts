import { MINUTE_SECONDS } from '../../lib/durations.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../oauth/token-limits.ts';
import type {
  KeyChange,
  SealedKeyPair,
  SigningKeyListing,
  SigningKeyPhase,
  SigningKeyTimes,
  StoredSigningKey,
} from './signing-key-store.ts';

/** How long others may keep the key set. */
export const KEY_SET_MAX_AGE_SECONDS = 5 * MINUTE_SECONDS;
/** How soon a process sees what another one did to the keys. */
export const KEYS_REREAD_SECONDS = MINUTE_SECONDS;
/** The longest life of a token that we sign. */
export const SIGNED_TOKEN_SECONDS_MAX = 15 * MINUTE_SECONDS;

const MARGIN_SECONDS = MINUTE_SECONDS;
// Verifiers of ours let a token live on for what clocks may differ.
const DEAD_AFTER_SECONDS = SIGNED_TOKEN_SECONDS_MAX + CLOCK_TOLERANCE_SECONDS;

/** How long a key is published before it signs: until nobody holds a key set without it. */
export const PUBLISHED_BEFORE_SIGNING_SECONDS =
  KEY_SET_MAX_AGE_SECONDS + KEYS_REREAD_SECONDS + MARGIN_SECONDS;
/** How long a key is published after its successor signs: until the last token that it signed is dead, and longer. */
export const PUBLISHED_AFTER_SUCCESSION_SECONDS =
  DEAD_AFTER_SECONDS + KEYS_REREAD_SECONDS + KEY_SET_MAX_AGE_SECONDS;

/**
 * What a key is for at a moment. `next`: published, signs later; `current`: signs; `previous`: signs no more, still verifies; `gone`: published no
 * more; `revoked`: withdrawn, whatever its times say.
 */
export type SigningKeyState = 'next' | 'current' | 'previous' | 'gone' | 'revoked';

/** The date that many seconds after another. */
export function secondsAfter(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

/** Tells whether the key set shows a key. */
export function isPublished(key: StoredSigningKey, now: Date): boolean {
  return key.revokedAt === undefined && (key.publishedUntil === undefined || key.publishedUntil > now);
}

/**
 * The keys that may sign at a moment, the one that should first: of the configured algorithm before any other, then the one that took over last. A key
 * may sign as long as it stays published until its token is dead. Does NOT tell whether a key can be opened.
 */
export function signingOrder(
  keys: readonly StoredSigningKey[],
  algorithm: string,
  now: Date,
): readonly StoredSigningKey[] {
  const dead = secondsAfter(now, DEAD_AFTER_SECONDS);
  const fits = (key: StoredSigningKey) => Number(key.algorithm === algorithm);
  return keys
    .filter((key) => key.revokedAt === undefined && key.signsFrom <= now)
    .filter(({ publishedUntil }) => publishedUntil === undefined || publishedUntil >= dead)
    .toSorted((a, b) => fits(b) - fits(a) || bySuccession(b, a));
}

/** What a key's times say of it at a moment. Does NOT depend on how this process is configured, as `stateOf` does. */
export function phaseOf(key: StoredSigningKey, now: Date): SigningKeyPhase {
  if (key.revokedAt !== undefined) return 'revoked';
  if (!isPublished(key, now)) return 'gone';
  return key.signsFrom > now ? 'next' : 'signing';
}

/** What a key is for at the moment of the listing, where tokens are signed with this algorithm. */
export function stateOf(
  key: StoredSigningKey,
  { now, keys }: SigningKeyListing,
  algorithm: string,
): SigningKeyState {
  const phase = phaseOf(key, now);
  if (phase !== 'signing') return phase;
  return signingOrder(keys, algorithm, now)[0]?.id === key.id ? 'current' : 'previous';
}

/** What is to become of the keys by itself, without what follows from it. */
export interface WantedChange {
  readonly add?: SealedKeyPair & Pick<StoredSigningKey, 'signsFrom'>;
  readonly times?: readonly Omit<SigningKeyTimes, 'notedPhase'>[];
}

/**
 * Completes a change with what follows for the other keys: whoever has a successor is published until the last token that it signed is dead, and
 * whoever lost its successor before that signed has no end again. A key whose successor signs already keeps its time. Each key's phase is
 * noted. `undefined` when nothing changes.
 */
export function completeChange(
  { now, keys }: SigningKeyListing,
  wanted: WantedChange,
): KeyChange | undefined {
  const { add, times = [] } = wanted;
  const standing = keys.map((key) => ({ ...key, ...times.find(({ id }) => id === key.id) }));
  const open = { createdAt: now, publishedUntil: undefined, revokedAt: undefined, notedPhase: undefined };
  const added = add && { ...add, ...open };
  const chain = [...standing, ...(added ? [added] : [])]
    .filter((key) => key.revokedAt === undefined)
    .toSorted(bySuccession);
  const settled = secondsAfter(now, PUBLISHED_AFTER_SUCCESSION_SECONDS);
  const ended = chain.map((key, index) => {
    const successor = chain[index + 1];
    if (key.publishedUntil !== undefined && key.publishedUntil <= settled) return key;
    if (successor === undefined) return { ...key, publishedUntil: undefined };
    // A key without an end may have signed until now, whenever its successor was to begin.
    const takesOver = successor.signsFrom > now ? successor.signsFrom : now;
    const publishedUntil = secondsAfter(takesOver, PUBLISHED_AFTER_SUCCESSION_SECONDS);
    return { ...key, publishedUntil };
  });
  const byId = new Map(ended.map((key) => [key.id, key]));
  const changed = standing
    .map((key) => timesOf(byId.get(key.id) ?? key, now))
    .filter((times, index) => !hasTimes(keys[index], times));
  if (added === undefined && changed.length === 0) return undefined;
  return { add: add && added && { ...add, notedPhase: phaseOf(added, now) }, times: changed };
}

function timesOf(key: StoredSigningKey, now: Date): SigningKeyTimes {
  const { id, signsFrom, publishedUntil, revokedAt } = key;
  return { id, signsFrom, publishedUntil, revokedAt, notedPhase: phaseOf(key, now) };
}

function hasTimes(other: StoredSigningKey | undefined, one: SigningKeyTimes): boolean {
  return (
    one.notedPhase === other?.notedPhase &&
    one.signsFrom.getTime() === other?.signsFrom.getTime() &&
    one.publishedUntil?.getTime() === other.publishedUntil?.getTime() &&
    one.revokedAt?.getTime() === other.revokedAt?.getTime()
  );
}

// Rows may share one `signsFrom`: then the one that was made later took over.
function bySuccession(a: StoredSigningKey, b: StoredSigningKey): number {
  return (
    a.signsFrom.getTime() - b.signsFrom.getTime() ||
    a.createdAt.getTime() - b.createdAt.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}
