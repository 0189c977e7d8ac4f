/** What services behind Wardgate import as `wardgate/downstream`: who is calling, read or verified. Everything else in this folder is private. */
export {
  type AssertionVerifier,
  type AssertionVerifierOptions,
  createAssertionVerifier,
} from './assertion-verifier.ts';
export { expressIdentity } from './express-identity.ts';
export type { HeadersLike } from './header-value-of.ts';
export { honoIdentity, type IdentityVariables } from './hono-identity.ts';
export type {
  AssertedIdentity,
  AssertionReading,
  AssertionRefusal,
  HeaderReading,
  HeaderRefusal,
  Identity,
} from './identity.ts';
export { type IdentityOptions, identityOf } from './identity-of.ts';
export { type ReadingOptions, readIdentity } from './read-identity.ts';
export type { IdentityFor, MiddlewareOptions } from './required-identity.ts';
