import { MINUTE_SECONDS } from '../lib/durations.ts';
import type { Actor } from './actor.ts';
import type { KnownRevocations } from './known-revocations.ts';

/** What every access token of our own core says. @see RFC 9068, section 2.2. Times are seconds since the Unix epoch. */
interface CommonClaims {
  readonly iss: string;
  /** What all services are called together, or the one service that an exchanged token is for. */
  readonly aud: string;
  /** `usr_…` or `cli_…`: who acts. */
  readonly sub: string;
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Space-separated; may be empty. */
  readonly scope: string;
  readonly roles: readonly string[];
  /** For the seconds after a revocation, in which `iat` alone cannot tell a token of before from one of after. */
  readonly known_revocations?: KnownRevocations;
}

/** The claims of a user's access token. */
export interface UserAccessTokenClaims extends CommonClaims {
  /** The session that the token belongs to; ending the session ends the token. */
  readonly sid: string;
  readonly username: string;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly patient_id?: string;
  readonly doctor_id?: string;
  /** Which client acts for the user, with a token that is for one service alone; it is also the `client_id`. */
  readonly act?: Actor;
}

/** The claims of a client's access token: a program that acts for itself. `sub` is `client_id`, and no claim is there that tells of a person or a session. */
export type ClientAccessTokenClaims = CommonClaims;

/** The claims of an access token that our own core issues; the prefix of `sub` tells which. */
export type AccessTokenClaims = UserAccessTokenClaims | ClientAccessTokenClaims;

/** The claims of users' tokens that a client's token never has. */
export const USER_CLAIMS = [
  'sid',
  'username',
  'auth_time',
  'acr',
  'amr',
  'patient_id',
  'doctor_id',
  'act',
] as const satisfies readonly Exclude<keyof UserAccessTokenClaims, keyof CommonClaims>[];

/** How long an access token is good: short, because services that verify it by themselves never hear of a revocation. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 15 * MINUTE_SECONDS;

/** The `typ` header of access tokens. @see RFC 9068, section 2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
