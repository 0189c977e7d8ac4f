import { parseScope } from './scope.ts';

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
  return scope !== undefined && parseScope(scope) !== undefined ? `${error}, scope="${scope}"` : error;
}

/** Writes the value of `WWW-Authenticate` for HTTP Basic. `realm` is a constant of ours without a quote. @see RFC 7617, section 2 */
export function basicChallenge(realm: string): string {
  return `Basic realm="${realm}", charset="UTF-8"`;
}
