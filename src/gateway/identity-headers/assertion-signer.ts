import type { AssertedFacts, SignedAssertion } from '../../identity/identity-assertion.ts';

/** Port: who has the keys that identity assertions are signed with, which no gateway has. */
export interface AssertionSigner {
  /**
   * Signs an identity assertion that is good for IDENTITY_ASSERTION_SECONDS. Throws UnavailableError when it could not be signed. Does NOT ask
   * whether the facts are true: the gateway has verified them.
   */
  sign(facts: AssertedFacts): Promise<SignedAssertion>;
}
