import { ok, refused } from '../../../lib/result.ts';
import type { ClientStore } from '../../clients/client-store.ts';
import type { Refresh } from '../../sessions/refresh.ts';
import { readScope, type TokenGrant, writeTokenAnswer } from './token-grants.ts';

/**
 * Creates the grant `refresh_token`: a client exchanges the refresh token of a session of its own. One of another client, and one of a session that is
 * nobody's, are as unknown as any text, and stay as good as they were. `scope` narrows the access token alone: the session keeps what it has.
 * @see RFC 6749, section 6
 */
export function createRefreshTokenGrant(options: {
  readonly refresh: Refresh;
  readonly clientStore: Pick<ClientStore, 'noteUse'>;
}): TokenGrant {
  return async (client, form, request) => {
    const token = form.get('refresh_token');
    if (token === undefined) return refused('invalid_request');
    const scopes = readScope(form);
    if (!scopes.ok) return scopes;
    const { id: clientId, revokedAt: clientRevokedAt } = client;
    const outcome = await options.refresh(
      { token, clientId, clientRevokedAt, ...(scopes.value && { scopes: scopes.value }) },
      request,
    );
    if (!outcome.ok)
      return refused(outcome.reason === 'scope_not_allowed' ? 'invalid_scope' : 'invalid_grant');
    const { accessToken, refreshToken } = outcome.value;
    await options.clientStore.noteUse(client.id);
    return ok({ ...writeTokenAnswer(accessToken), refresh_token: refreshToken });
  };
}
