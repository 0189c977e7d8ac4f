import {
  ACCESS_TOKEN_LIFETIME_SECONDS,
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  type UserAccessTokenClaims,
} from '../../identity/access-token-claims.ts';
import { createId } from '../../identity/ids.ts';
import type { Clock } from '../../lib/durations.ts';
import type { Client } from '../clients/client-store.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Session } from '../sessions/session-store.ts';
import type { User } from '../users/user-store.ts';
import type { IssueTime } from './issue-time.ts';
import { checkedRoles, type RoleScopes, scopesOfRoles } from './role-scopes.ts';

/** The `client_id` of tokens that users get by logging in here, not through a client of theirs. */
export const FIRST_PARTY_CLIENT_ID = 'wardgate';

/** A signed access token, how long it is good, and what for. */
export interface IssuedAccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  /** Sorted. */
  readonly scopes: readonly string[];
}

/** Issues access tokens. */
export interface AccessTokens {
  /**
   * Issues an access token for a user's session, to the client that the session belongs to; it never outlives the session. `scopes` narrows its scopes to
   * those of the user that are asked for, and never widens them; `clientRevokedAt` is that of the client as it was authenticated. Throws TypeError for a stored role that is not a role name. Does NOT
   * look whether the session or the user still stand.
   */
  issueAccessToken(
    user: User,
    session: Session,
    asked?: { readonly scopes?: readonly string[] | undefined; readonly clientRevokedAt?: Date | undefined },
  ): Promise<IssuedAccessToken>;
  /**
   * Issues an access token to a client for itself, with the scopes given. Throws TypeError as above. Does NOT look whether the client stands, nor whether
   * it may have these scopes.
   */
  issueClientToken(
    client: Pick<Client, 'id' | 'roles' | 'revokedAt'>,
    scopes: readonly string[],
  ): Promise<IssuedAccessToken>;
}

/** Creates the issuer of access tokens. `issuer` is the public URL, `audience` what the services are called together. @see RFC 9068 */
export function createAccessTokens(options: {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly roleScopes: RoleScopes;
  readonly issueTime: IssueTime;
  /** By which tokens end: gateways judge that by clocks of their own, and `iat` may be before it. */
  readonly clock: Clock;
}): AccessTokens {
  const { keys, issuer: iss, audience: aud, roleScopes, issueTime, clock } = options;

  const nowSeconds = () => Math.floor(clock() / 1000);

  /** What both kinds of tokens say of the time and of the place where they are issued. */
  function begin(...owners: Parameters<IssueTime>) {
    const exp = nowSeconds() + ACCESS_TOKEN_LIFETIME_SECONDS;
    return { iss, aud, ...issueTime(...owners), exp, jti: createId('token') };
  }

  async function sign(
    claims: Omit<AccessTokenClaims, 'scope'>,
    scopes: readonly string[],
  ): Promise<IssuedAccessToken> {
    const expiresInSeconds = claims.exp - nowSeconds();
    const token = await keys.sign({ ...claims, scope: scopes.join(' ') }, ACCESS_TOKEN_TYPE);
    return { token, expiresInSeconds, scopes };
  }

  return {
    async issueAccessToken(user, session, { scopes: asked, clientRevokedAt } = {}) {
      const roles = checkedRoles(user.roles);
      const scopes = scopesOfRoles(roles, roleScopes);
      const narrowed = asked === undefined ? scopes : scopes.filter((scope) => asked.includes(scope));
      const client = { id: session.clientId ?? FIRST_PARTY_CLIENT_ID, revokedAt: clientRevokedAt };
      const common = begin(client, user);
      return sign(userClaims(user, session, roles, common), narrowed);
    },
    async issueClientToken({ id, roles, revokedAt }, scopes) {
      return sign(
        { ...begin({ id, revokedAt }), sub: id, client_id: id, roles: checkedRoles(roles) },
        scopes,
      );
    },
  };
}

function userClaims(
  user: User,
  session: Session,
  roles: readonly string[],
  common: Pick<AccessTokenClaims, 'iss' | 'aud' | 'iat' | 'known_revocations' | 'exp' | 'jti'>,
): Omit<UserAccessTokenClaims, 'scope'> {
  return {
    ...common,
    sub: user.id,
    client_id: session.clientId ?? FIRST_PARTY_CLIENT_ID,
    exp: Math.min(common.exp, toSeconds(session.expiresAt)),
    sid: session.id,
    roles,
    username: user.username,
    auth_time: toSeconds(session.createdAt),
    acr: session.acr,
    amr: session.amr,
    ...(user.patientId !== undefined && { patient_id: user.patientId }),
    ...(user.doctorId !== undefined && { doctor_id: user.doctorId }),
  };
}

function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
