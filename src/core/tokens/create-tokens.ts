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
  options: Omit<Parameters<typeof createAccessTokens>[0], 'issueTime' | 'issuer'> &
    Parameters<typeof createIssueTime>[0] &
    Omit<Parameters<typeof createIdentityAssertions>[0], 'issuer'> & {
      /** The issuer. */
      readonly publicUrl: string;
    },
): Tokens {
  const { publicUrl: issuer } = options;
  const issueTime = createIssueTime(options);
  return {
    accessTokens: createAccessTokens({ ...options, issuer, issueTime }),
    assertions: createIdentityAssertions({ ...options, issuer }),
  };
}
