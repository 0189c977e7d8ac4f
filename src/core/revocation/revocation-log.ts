import type { RevocationBatch } from '../../identity/revocation.ts';

/** What a read of the log gave. */
export interface LogRead extends RevocationBatch {
  /** When it was read, in milliseconds since the Unix epoch, at the log's clock. */
  readonly readAtMs: number;
}

/**
 * Port: the log of revocations, at its own clock. Whoever ends a session, a user, a client, an API key or a signing key in a store appends to it by that, and
 * both take effect in one act.
 */
export interface RevocationLog {
  /**
   * Reads what was appended since the read that gave the cursor; `undefined`, and a cursor that is not of this log, read all that is still
   * worth telling (REVOCATION_MEMORY_SECONDS). What is appended late by an act that began early is not skipped; what was read may come again. Throws
   * UnavailableError ('database').
   */
  read(after: string | undefined): Promise<LogRead>;
  /** Appends that one access token is revoked, by its `jti` (`jti_…`). Throws UnavailableError ('database'). Does NOT look whether there is such a token. */
  revokeToken(tokenId: string): Promise<void>;
  /**
   * Calls the listener soon after something was appended by whomever; `gap` where something may have been that nobody was told of, perhaps in another copy of
   * the log than the one that was read: then cursors are worth nothing. May call without need. Answers with what stops it. Does NOT replace reading now and then.
   */
  onAppended(listener: (news: 'appended' | 'gap') => void): () => Promise<void>;
}
