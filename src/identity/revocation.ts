import type { IdKind } from './ids.ts';

/**
 * What can be revoked. `session`: all that belongs to it. `user`, `client`: all that was issued to it until then. `api_key`: the key. `key`: a
 * signing key, and all that it signed. `token`: one access token, by its `jti`.
 */
export const REVOCABLE_KINDS = [
  'session',
  'user',
  'client',
  'api_key',
  'key',
  'token',
] as const satisfies readonly IdKind[];

/** One of them; also the kind of its id. */
export type RevocableKind = (typeof REVOCABLE_KINDS)[number];

/**
 * What a user or a client was issued up to this many seconds after being revoked counts as issued before: a core knows the database's clock, which says when that
 * was, to within a second, and a token may be signed on what was read just before. Tokens of these seconds that were issued after it say so (`KnownRevocations`), and are good at once.
 */
export const REVOCATION_MARGIN_SECONDS = 2;

/** That something was revoked: one row of the log. It may be told more than once, and in any order, and means the same then. */
export interface Revocation {
  readonly kind: RevocableKind;
  /** `ses_…`, `usr_…`, `cli_…`, `apk_…`, `key_…` or `jti_…`. */
  readonly id: string;
  /** When, in milliseconds since the Unix epoch, at the database's clock. */
  readonly revokedAtMs: number;
}

/** What a cursor may be: it goes into header fields. */
export const REVOCATION_CURSOR = /^[\x21-\x7e]{1,64}$/;

/** What of the log there is to be told, and the cursor behind it. */
export interface RevocationBatch {
  readonly revocations: readonly Revocation[];
  /** Opaque, and good at every core on the same database: whoever goes on from here misses nothing, and may be told something twice. */
  readonly cursor: string;
  /** This is a part alone of what there was to be told at once: until the last part has come, nobody knows what stands. */
  readonly hasMore?: boolean;
}

/**
 * Follows the log of revocations. `take` is called with what is there at first and with what is added, and, with an empty batch, at least each second while
 * the log can be read: silence means that nobody knows. Does NOT tell of what was revoked so long ago that nothing of it can still be
 * good by itself, and does NOT throw. Answers with a function that stops it.
 */
export type FollowRevocations = (
  /** Where to go on; `undefined` for all that there is. */
  after: string | undefined,
  take: (batch: RevocationBatch) => void,
) => () => void;
