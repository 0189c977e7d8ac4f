import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { createIdentityAssertions, type IdentityAssertions } from './identity-assertions.ts';
import { createIssueTime } from './issue-time.ts';

/** What the core signs about callers. */
export interface Tokens {
  readonly accessTokens: AccessTokens;
  readonly assertions: IdentityAssertions;
}

/** Creates the issuers of tokens: of access tokens, which callers show, and of identity assertions, which services get. */
export function createTokens(
  options: Omit<Parameters<typeof createAccessTokens>[0], 'issueTime'> &
    Parameters<typeof createIssueTime>[0] &
    Parameters<typeof createIdentityAssertions>[0],
): Tokens {
  const issueTime = createIssueTime(options);
  return {
    accessTokens: createAccessTokens({ ...options, issueTime }),
    assertions: createIdentityAssertions(options),
  };
}
