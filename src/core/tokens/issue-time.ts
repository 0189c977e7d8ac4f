import type { AccessTokenClaims } from '../../identity/access-token-claims.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';

/** Whose revocation ends a token: its user or a client, and when that was last revoked, as it was read with what the token will say. */
export interface TokenOwner {
  readonly id: string;
  readonly revokedAt?: Date | undefined;
}

/** Tells what a token that is issued now says of that: `iat` in seconds since the Unix epoch, and the revocations just before it. */
export type IssueTime = (...owners: TokenOwner[]) => Pick<AccessTokenClaims, 'iat' | 'known_revocations'>;

/**
 * Creates the time of issue, by a clock that is not ahead of the one that tells when something was revoked. A token that is issued in the seconds after a revocation says that it knows of it: a client that was given a new secret, and a user whose
 * roles were changed, have a token that is good at once, and that the next revocation ends, be it in the same second.
 */
export function createIssueTime({ issueClock }: { readonly issueClock: Clock }): IssueTime {
  return (...owners) => {
    const iat = Math.floor(issueClock() / 1000);
    const known = owners.flatMap(({ id, revokedAt }) => {
      const second = revokedAt && Math.floor(revokedAt.getTime() / 1000);
      return second !== undefined && iat - REVOCATION_MARGIN_SECONDS <= second ? [[id, second] as const] : [];
    });
    return { iat, ...(known.length > 0 && { known_revocations: Object.fromEntries(known) }) };
  };
}
