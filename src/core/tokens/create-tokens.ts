import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { createIdentityAssertions, type IdentityAssertions } from './identity-assertions.ts';

/** What the core signs about callers. */
export interface Tokens {
  readonly accessTokens: AccessTokens;
  readonly assertions: IdentityAssertions;
}

/** Creates the issuers of tokens: of access tokens, which callers show, and of identity assertions, which services get. */
export function createTokens(options: Parameters<typeof createAccessTokens>[0]): Tokens {
  return { accessTokens: createAccessTokens(options), assertions: createIdentityAssertions(options) };
}
