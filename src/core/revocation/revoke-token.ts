import type { Clock } from '../../lib/durations.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { Client } from '../clients/client-store.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { RefreshKeys } from '../sessions/refresh-keys.ts';
import { readRefreshToken } from '../sessions/refresh-token.ts';
import type { SessionLimits } from '../sessions/session-limits.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { createVerifyOwnAccessToken } from '../tokens/verify-own-access-token.ts';
import type { RevocationFollowing } from './follow-revocations.ts';
import type { RevocationLog } from './revocation-log.ts';

/** What came of it. `nothing`: there is no such token that is still good, which is all that the client wants. */
export type Revoked = 'revoked' | 'nothing';

/**
 * Revokes a token of a client's own. A refresh token, also one that is spent, and an access token of a session of the client's end that session, and with it all
 * that belongs to it; a token of the client for itself, and one that it exchanged, end alone. Another client's, and those of sessions that are nobody's, are refused
 * and live on. Any other text is nothing. Followers of the log in this process have heard of it before the answer, unless that takes a second. Does NOT rotate and does NOT find a session compromised. Throws UnavailableError, and then it may or may not be done.
 * @see RFC 7009, section 2.1
 */
export type RevokeToken = (
  token: string,
  client: Pick<Client, 'id'>,
  request: AuditRequest,
) => Promise<Result<Revoked, 'client_mismatch'>>;

interface RevokeTokenOptions {
  readonly keys: Pick<SigningKeys, 'publicKeySet'>;
  /** The issuer, and what the services are called together. */
  readonly publicUrl: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly refreshKeys: Pick<RefreshKeys, 'readingKeys'>;
  readonly sessions: Pick<SessionStore, 'findActiveById'>;
  readonly limits: SessionLimits;
  readonly endSession: Pick<EndSession, 'endSession'>;
  readonly revocationLog: Pick<RevocationLog, 'revokeToken'>;
  readonly revocations: Pick<RevocationFollowing, 'readNow'>;
  readonly audit: AuditLog;
}

/** What a token is, and to whom it was issued. */
type Found = { readonly clientId: string | undefined } & (
  | { readonly kind: 'session'; readonly sessionId: string; readonly userId: string }
  | { readonly kind: 'token'; readonly tokenId: string }
);

/** Creates the revocation of tokens by clients. Each token that was revoked, and each that is another client's, goes to the audit log. */
export function createRevokeToken(options: RevokeTokenOptions): RevokeToken {
  const { endSession, revocationLog, revocations } = options;
  const find = createFind(options);
  return async (token, client, request) => {
    const found = await find(token);
    if (found === undefined) return ok('nothing');
    const record = createRecord(found, client, request, options);
    if (found.clientId !== client.id) {
      record({ outcome: 'refused', reason: 'client_mismatch' });
      return refused('client_mismatch');
    }
    if (found.kind === 'token') await revocationLog.revokeToken(found.tokenId);
    else if ((await endSession.endSession(found.sessionId, found.userId)) === 'not_found')
      return ok('nothing');
    record({ outcome: 'success' });
    // So that who asks about the token next, at this process, is told that it is over; the end of a session has seen to that.
    if (found.kind === 'token') await revocations.readNow();
    return ok('revoked');
  };
}

/** Finds what a text is, by its shape and what authenticates it: a client's hint would only say which to try first. */
function createFind(options: RevokeTokenOptions) {
  const { keys, publicUrl: issuer, refreshKeys, sessions, limits } = options;
  const verifyOwnAccessToken = createVerifyOwnAccessToken({ ...options, keySet: keys.publicKeySet, issuer });
  return async (token: string): Promise<Found | undefined> => {
    const refresh = await readRefreshToken(await refreshKeys.readingKeys(), token);
    if (refresh !== undefined) {
      const session = await sessions.findActiveById(refresh.sessionId, limits);
      if (session === undefined) return undefined;
      return { kind: 'session', sessionId: session.id, userId: session.userId, clientId: session.clientId };
    }
    const access = await verifyOwnAccessToken(token);
    if (!access.ok) return undefined;
    const { kind, claims } = access.value;
    const clientId = claims.client_id;
    // An exchanged token is no grant of its own: the session that it comes from is another client's.
    if (kind === 'client' || claims.act !== undefined)
      return { kind: 'token', tokenId: claims.jti, clientId };
    return { kind: 'session', sessionId: claims.sid, userId: claims.sub, clientId };
  };
}

function createRecord(
  found: Found,
  { id }: Pick<Client, 'id'>,
  request: AuditRequest,
  { audit }: RevokeTokenOptions,
) {
  return (outcome: Pick<AuditEvent, 'outcome' | 'reason'>): void =>
    audit.record({
      ...(found.kind === 'session'
        ? {
            type: 'session.ended',
            target: { kind: 'session', id: found.sessionId },
            details: { user_id: found.userId },
          }
        : {
            type: 'client.token_revoked',
            target: { kind: 'client', id },
            details: { token_id: found.tokenId },
          }),
      ...outcome,
      actor: { kind: 'client', id },
      request,
    });
}
