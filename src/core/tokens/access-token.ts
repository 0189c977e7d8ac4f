import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from '../../identity/access-token-claims.ts';
import { createId } from '../../identity/ids.ts';
import type { Clock } from '../../lib/durations.ts';
import type { User } from '../accounts/user-store.ts';
import { SIGNED_TOKEN_SECONDS_MAX } from '../keys/key-times.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Session } from '../sessions/session-store.ts';
import { checkedRoles, type RoleScopes, scopesOfRoles } from './role-scopes.ts';

/** How long an access token is good: short, because services that verify it by themselves never hear of a revocation. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = SIGNED_TOKEN_SECONDS_MAX;

/** The `client_id` of tokens that users get by logging in here. */
const FIRST_PARTY_CLIENT_ID = 'wardgate';

/** A signed access token and how long it is good. */
export interface IssuedAccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Issues access tokens. */
export interface AccessTokens {
  /**
   * Issues an access token for a user's session; it never outlives the session. Throws TypeError for a stored role that is not a role name. Does NOT
   * look whether the session or the user still stand.
   */
  issueAccessToken(user: User, session: Session): Promise<IssuedAccessToken>;
}

/** Creates the issuer of access tokens. `issuer` is the public URL, `audience` what the services are called together. @see RFC 9068 */
export function createAccessTokens(options: {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly roleScopes: RoleScopes;
  readonly clock: Clock;
}): AccessTokens {
  return {
    async issueAccessToken(user, session) {
      const iat = Math.floor(options.clock() / 1000);
      const roles = checkedRoles(user.roles);
      const claims: AccessTokenClaims = {
        iss: options.issuer,
        aud: options.audience,
        sub: user.id,
        client_id: FIRST_PARTY_CLIENT_ID,
        iat,
        exp: Math.min(iat + ACCESS_TOKEN_LIFETIME_SECONDS, toSeconds(session.expiresAt)),
        jti: createId('token'),
        sid: session.id,
        scope: scopesOfRoles(roles, options.roleScopes).join(' '),
        roles,
        username: user.username,
        auth_time: toSeconds(session.createdAt),
        acr: session.acr,
        amr: session.amr,
        ...(user.patientId !== undefined && { patient_id: user.patientId }),
        ...(user.doctorId !== undefined && { doctor_id: user.doctorId }),
      };
      const token = await options.keys.sign({ ...claims, amr: [...claims.amr] }, ACCESS_TOKEN_TYPE);
      return { token, expiresInSeconds: claims.exp - iat };
    },
  };
}

function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
