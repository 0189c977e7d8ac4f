import { ACCESS_TOKEN_TYPE } from '../../identity/access-token-claims.ts';
import { IDENTITY_ASSERTION_TYPE } from '../../identity/identity-assertion.ts';
import type { JsonObject } from '../../oauth/json-object.ts';

/** Claims that only other kinds of tokens have: OpenID Connect's ID token, RFC 8417's events (logout tokens), RFC 9701's introspection. */
const MARKS_OF_OTHERS = ['at_hash', 'c_hash', 's_hash', 'events', 'token_introspection'];
/** What Keycloak writes into the claim `typ`. */
const OTHER_TYPES = ['id', 'refresh', 'offline', 'logout'];

/**
 * Tells whether a token shows by its claims that it is no access token, where its header does not say what it is: ID tokens, refresh tokens,
 * logout tokens, introspection answers, and by its type an identity assertion. `nonce` marks an ID token unless the claim `typ` says `Bearer`, as older Keycloaks have both in access
 * tokens. A token of type `at+jwt` says what it is and is believed. @see RFC 8725, sections 3.11 and 3.12
 */
export function isOtherKindOfToken(type: string | undefined, payload: JsonObject): boolean {
  if (type === ACCESS_TOKEN_TYPE) return false;
  // Whatever types an issuer is allowed: who got it is not who may use it.
  if (type === IDENTITY_ASSERTION_TYPE) return true;
  const { typ, token_use: tokenUse } = payload;
  const claimedType = typeof typ === 'string' ? typ.toLowerCase() : undefined;
  return (
    MARKS_OF_OTHERS.some((name) => payload[name] !== undefined) ||
    (payload.nonce !== undefined && claimedType !== 'bearer') ||
    (claimedType !== undefined && OTHER_TYPES.includes(claimedType)) ||
    // Amazon Cognito's way to tell.
    (tokenUse !== undefined && tokenUse !== 'access')
  );
}
