import { isId } from '../../identity/ids.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';
import type { ClientStore } from '../clients/client-store.ts';

/**
 * Tells the `iat` of a token that is issued now to a client, in seconds since the Unix epoch; `userRevokedAt` is when the user of the token was revoked last, as
 * it was read with what the token will say. Throws UnavailableError ('database').
 */
export type IssueTime = (clientId: string, userRevokedAt?: Date) => Promise<number>;

/**
 * Creates the time of issue. It is now, or the first second that gateways do not count as before the last revocation of client or user, which is up to three seconds
 * ahead: a client that was given a new secret, and a user whose roles were changed, have a token that is good at once. Of who is no registered client nothing is asked.
 */
export function createIssueTime(options: {
  readonly clientStore: Pick<ClientStore, 'findRevokedAt'>;
  readonly clock: Clock;
}): IssueTime {
  const { clientStore, clock } = options;
  return async (clientId, userRevokedAt) => {
    const clientRevokedAt = isId('client', clientId) ? await clientStore.findRevokedAt(clientId) : undefined;
    const now = Math.floor(clock() / 1000);
    return Math.max(now, firstAfter(clientRevokedAt), firstAfter(userRevokedAt));
  };
}

/** The first second that counts as after a revocation; 0 where there was none. */
function firstAfter(revokedAt: Date | undefined): number {
  return revokedAt === undefined ? 0 : Math.floor(revokedAt.getTime() / 1000) + REVOCATION_MARGIN_SECONDS + 1;
}
