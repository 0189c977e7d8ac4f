/** Who makes a request to the core itself: the verified user and the session that the credential belongs to. */
export interface Caller {
  /** `usr_…` */
  readonly userId: string;
  /** `ses_…` */
  readonly sessionId: string;
  /** Whether the browser sent the credential by itself; then unsafe methods need an origin of ours. */
  readonly fromCookie: boolean;
}

/** What was found of a caller. "Could not tell" is `unavailable`, never `rejected`. */
export type CallerFinding =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** No credential was sent. */
  | { readonly kind: 'missing' }
  /** A credential was sent that is not good here; also a good one of another issuer, of a client, which has no account of its own, or for one service alone. */
  | { readonly kind: 'rejected' }
  /** More than one credential, or one that has no single reading: answered 400. */
  | { readonly kind: 'ambiguous' }
  /** A dependency could not tell: answered 503. */
  | { readonly kind: 'unavailable' };

/**
 * Port: authenticates requests to the core's own paths, by the same authenticators as at the edge. The core looks afterwards
 * whether the session and the user still stand, so the answer may be as stale as a signature. May throw UnavailableError.
 */
export interface CallerAuthentication {
  authenticateCaller(headers: Headers): Promise<CallerFinding>;
}
