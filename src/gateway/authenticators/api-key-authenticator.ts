import { isApiKey } from '../../identity/api-key.ts';
import type { MachineLookup } from '../machine-lookup.ts';
import { apiKeyPrincipal } from './api-key-principal.ts';
import { type Authentication, type Authenticator, authenticationOf } from './authenticator.ts';
import { createRememberedLookups, type RememberedLookupsOptions } from './remembered-lookups.ts';

/** What the authenticator works with. */
export interface ApiKeyAuthenticatorOptions extends RememberedLookupsOptions {
  readonly machines: MachineLookup;
}

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };
const MALFORMED: Authentication = { kind: 'rejected', because: 'malformed' };
const UNKNOWN: Authentication = { kind: 'rejected', because: 'api_key_unknown' };

/** Makes the authenticator of API keys. A text whose check is wrong is refused without a question; otherwise the core is asked. */
export function createApiKeyAuthenticator(options: ApiKeyAuthenticatorOptions): Authenticator {
  const lookUp = createRememberedLookups(options, (key) => findApiKey(key, options.machines));
  return {
    name: 'api_key',
    authenticate(credential) {
      if (credential.kind !== 'api_key') return NOT_APPLICABLE;
      return isApiKey(credential.key) ? lookUp(credential.key) : MALFORMED;
    },
  };
}

async function findApiKey(key: string, machines: MachineLookup): Promise<Authentication> {
  const found = await machines.findApiKey(key);
  if (found === undefined) return UNKNOWN;
  return authenticationOf(apiKeyPrincipal(found));
}
