import { isSessionToken } from '../../identity/session-cookie.ts';
import type { SessionLookup } from '../session-lookup.ts';
import { type Authentication, type Authenticator, authenticationOf } from './authenticator.ts';
import { createRememberedLookups, type RememberedLookupsOptions } from './remembered-lookups.ts';
import { sessionPrincipal } from './session-principal.ts';

/** What the authenticator works with. */
export interface SessionAuthenticatorOptions extends RememberedLookupsOptions {
  readonly sessions: SessionLookup;
}

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };
const UNKNOWN: Authentication = { kind: 'rejected', because: 'session_unknown' };

/** Makes the authenticator of opaque session tokens, which asks the core. Does NOT renew sessions. */
export function createSessionAuthenticator(options: SessionAuthenticatorOptions): Authenticator {
  const lookUp = createRememberedLookups(options, (token) => findSession(token, options.sessions));
  return {
    name: 'session',
    authenticate(credential) {
      if (credential.kind !== 'session_token') return NOT_APPLICABLE;
      return isSessionToken(credential.token) ? lookUp(credential.token) : UNKNOWN;
    },
  };
}

async function findSession(token: string, sessions: SessionLookup): Promise<Authentication> {
  const session = await sessions.findByToken(token);
  if (session === undefined) return UNKNOWN;
  return authenticationOf(sessionPrincipal(session));
}
