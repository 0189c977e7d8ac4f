/** The claims of an access token that our own core issues. @see RFC 9068, section 2.2. Times are seconds since the Unix epoch. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** The session that the token belongs to; ending the session ends the token. */
  readonly sid: string;
  /** Space-separated; empty when the user's roles give none. */
  readonly scope: string;
  readonly roles: readonly string[];
  readonly username: string;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly patient_id?: string;
  readonly doctor_id?: string;
}

/** The `typ` header of access tokens. @see RFC 9068, section 2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
