/** What a Bearer challenge says besides the scheme; nothing where no credential was sent. */
export interface BearerChallenge {
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** With `insufficient_scope`: the scopes that are needed, separated by spaces; from the policy, never from the request. */
  readonly scope?: string;
}

/**
 * Writes the value of `WWW-Authenticate` for bearer tokens: exactly `Bearer` where no credential was sent, because an error attribute there
 * would tell of something that the client did not do. Does NOT escape: a scope outside the grammar of RFC 6749, section 3.3 is left out.
 * @see RFC 6750, section 3 (The WWW-Authenticate Response Header Field)
 */
export function bearerChallenge(challenge: BearerChallenge = {}): string {
  if (challenge.error === undefined) return 'Bearer';
  const error = `Bearer error="${challenge.error}"`;
  const { scope } = challenge;
  return scope !== undefined && isScope(scope) ? `${error}, scope="${scope}"` : error;
}

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ): no quote and no backslash, so that it is safe between quotes.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Tells whether a text is a list of scope tokens separated by single spaces. @see RFC 6749, section 3.3 */
function isScope(text: string): boolean {
  return SCOPE.test(text);
}
