import { REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';

/**
 * Tells the `iat` of a token that is issued now, in seconds since the Unix epoch. `revokedAt`: when its client and its user were revoked last, each as it was read with what
 * the token will say.
 */
export type IssueTime = (...revokedAt: (Date | undefined)[]) => number;

/**
 * Creates the time of issue. It is now, or the first second that gateways do not count as before the last revocation of client or user, which is up to three seconds
 * ahead: a client that was given a new secret, and a user whose roles were changed, have a token that is good at once.
 */
export function createIssueTime({ clock }: { readonly clock: Clock }): IssueTime {
  return (...revokedAt) => Math.max(Math.floor(clock() / 1000), ...revokedAt.map(firstAfter));
}

/** The first second that counts as after a revocation; 0 where there was none. */
function firstAfter(revokedAt: Date | undefined): number {
  return revokedAt === undefined ? 0 : Math.floor(revokedAt.getTime() / 1000) + REVOCATION_MARGIN_SECONDS + 1;
}
