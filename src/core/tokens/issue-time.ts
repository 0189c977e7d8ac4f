import { isId } from '../../identity/ids.ts';
import { CLIENT_REVOCATION_MARGIN_SECONDS } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';
import type { ClientStore } from '../clients/client-store.ts';

/** Tells the `iat` of a token that is issued now to a client, in seconds since the Unix epoch. Throws UnavailableError ('database'). */
export type IssueTime = (clientId: string) => Promise<number>;

/**
 * Creates the time of issue. It is now, or the first second that gateways do not count as before the client's last revocation, which is up to three seconds ahead: a
 * client that was given a new secret has a token that is good at once. Of who is no registered client nothing is asked.
 */
export function createIssueTime(options: {
  readonly clientStore: Pick<ClientStore, 'findRevokedAt'>;
  readonly clock: Clock;
}): IssueTime {
  const { clientStore, clock } = options;
  return async (clientId) => {
    const revokedAt = isId('client', clientId) ? await clientStore.findRevokedAt(clientId) : undefined;
    const now = Math.floor(clock() / 1000);
    if (revokedAt === undefined) return now;
    return Math.max(now, Math.floor(revokedAt.getTime() / 1000) + CLIENT_REVOCATION_MARGIN_SECONDS + 1);
  };
}
