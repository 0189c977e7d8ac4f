/**
 * What is removed once nobody needs it: sessions that were ended and sessions that ran out, links in mails, the marks of client assertions
 * that were used, and revocations of what is dead by itself.
 */
export const EXPIRED_ROW_KINDS = [
  'ended_sessions',
  'expired_sessions',
  'one_time_tokens',
  'client_assertions',
  'revocations',
] as const;
/** One kind of such rows. */
export type ExpiredRowKind = (typeof EXPIRED_ROW_KINDS)[number];

/** Port: the rows that have had their time, at the database's clock. */
export interface ExpiredRows {
  /**
   * Removes rows of a kind, `limit` at most, in one atomic act, and answers with how many. Passes over rows that somebody else works on, so that nobody waits.
   * Sessions stay for `sessionRetentionSeconds` after their end, for whoever looks into what happened. Throws UnavailableError ('database').
   */
  remove(
    kind: ExpiredRowKind,
    bounds: { readonly limit: number; readonly sessionRetentionSeconds: number },
  ): Promise<number>;
}
