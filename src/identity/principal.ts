/** What kind of actor a principal is. */
export type PrincipalKind = 'user' | 'client' | 'api_key';

/** How the principal's credential was verified; chosen by the authenticator. */
export type AuthenticatedBy = 'access_token' | 'session' | 'api_key';

/** The id of our own core among the issuers of a policy file. */
export const CORE_ISSUER_ID = 'wardgate';

/**
 * The verified actor of a request: facts only, no secret and no decision. It is the only thing that later steps see.
 * All times are seconds since the Unix epoch.
 */
export interface Principal {
  readonly kind: PrincipalKind;
  /** The subject: `usr_…`, `cli_…` or `apk_…` of our own core, or a foreign issuer's `sub`, which is refused where it has the shape of one of our ids. */
  readonly subject: string;
  readonly username: string | undefined;
  readonly sessionId: string | undefined;
  /** The id (in the policy file) of the issuer that vouches; `CORE_ISSUER_ID` for our own. */
  readonly issuerId: string;
  readonly authenticatedBy: AuthenticatedBy;
  /** The one upstream's audience that the credential is good for; `undefined`: it is good at every upstream. */
  readonly audience: string | undefined;
  /** Sorted, without duplicates, each a valid role name. */
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** The claims that `where` conditions may name. Does NOT hold the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the token was issued, in whole seconds; `undefined` where nobody says, and for what is no token. */
  readonly issuedAt: number | undefined;
  /** The `jti` of a token of our own core, `jti_…`; `undefined` for everything else. */
  readonly tokenId: string | undefined;
  /** The `kid` of the key of our own core that signed the token, `key_…`; left out for everything else. */
  readonly keyId?: string;
  /** When the credential stops being good; infinite for an API key without an end. */
  readonly expiresAt: number;
}
