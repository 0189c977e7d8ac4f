/** The kinds of credentials that a policy file may enable, by its names. */
export const CREDENTIAL_KINDS = ['bearer', 'session_cookie', 'access_token_cookie', 'api_key'] as const;
/** One kind of credential. */
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** The one credential that a request carries, unverified. `fromCookie` credentials ride along without the user's doing and need an origin check. */
export type Credential =
  | { readonly kind: 'access_token'; readonly token: string; readonly fromCookie: boolean }
  | { readonly kind: 'session_token'; readonly token: string; readonly fromCookie: true }
  | { readonly kind: 'api_key'; readonly key: string; readonly fromCookie: false };

/** What was found: nothing, one credential, or something that has no single reading. */
export type CredentialFinding =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly credential: Credential }
  /** A credential of a form that we do not take, such as `Basic`, or an empty `Bearer`. */
  | { readonly kind: 'malformed' }
  /** Repeated or contradicting credentials: a client error, answered 400. */
  | { readonly kind: 'ambiguous' };
