import { z } from '@hono/zod-openapi';
import { addressBelow } from '../../../oauth/issuer-address.ts';
import { CLIENT_AUTHENTICATION_METHODS, CLIENT_KEY_ALGORITHMS } from '../../clients/client-store.ts';
import { SIGNING_ALGORITHMS } from '../../keys/generate-signing-key.ts';
import type { RoleScopes } from '../../tokens/role-scopes.ts';
import { KEY_SET_PATH } from '../keys/key-set-route.ts';

const address = z.url();
const names = z.array(z.string());

/** The metadata of this server. @see RFC 8414, section 2; RFC 9701, section 7 */
export const serverMetadataSchema = z
  .strictObject({
    issuer: address,
    token_endpoint: address,
    token_endpoint_auth_methods_supported: names,
    token_endpoint_auth_signing_alg_values_supported: names,
    revocation_endpoint: address,
    revocation_endpoint_auth_methods_supported: names,
    revocation_endpoint_auth_signing_alg_values_supported: names,
    introspection_endpoint: address,
    introspection_endpoint_auth_methods_supported: names,
    introspection_endpoint_auth_signing_alg_values_supported: names,
    introspection_signing_alg_values_supported: names.openapi({
      description: 'What signed answers (RFC 9701) may be signed with: the policy file says which.',
    }),
    jwks_uri: address,
    scopes_supported: names.openapi({
      description: 'The scopes that roles bring; clients may have others that they are registered with.',
    }),
    response_types_supported: names.openapi({
      description: 'None: there is no authorization endpoint. The member is a must.',
    }),
    grant_types_supported: names,
    service_documentation: address,
    ui_locales_supported: names,
  })
  .openapi('ServerMetadata', { description: 'RFC 8414, section 2; RFC 9701, section 7.' });

/** What the metadata is made of. */
export interface ServerFacts {
  readonly issuer: string;
  /** The grants of the token endpoint, by their `grant_type`. */
  readonly grantTypes: readonly string[];
  readonly roleScopes: RoleScopes;
}

/** Writes the metadata of this server: what there is, and no member for what there is not. */
export function writeServerMetadata(facts: ServerFacts): z.infer<typeof serverMetadataSchema> {
  const { issuer, grantTypes, roleScopes } = facts;
  return {
    issuer,
    token_endpoint: addressBelow(issuer, '/oauth/token'),
    token_endpoint_auth_methods_supported: [...CLIENT_AUTHENTICATION_METHODS],
    token_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
    revocation_endpoint: addressBelow(issuer, '/oauth/revoke'),
    revocation_endpoint_auth_methods_supported: [...CLIENT_AUTHENTICATION_METHODS],
    revocation_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
    introspection_endpoint: addressBelow(issuer, '/oauth/introspect'),
    // A bearer token is a method of authentication there too. @see RFC 8414, section 2
    introspection_endpoint_auth_methods_supported: [...CLIENT_AUTHENTICATION_METHODS, 'Bearer'],
    introspection_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
    introspection_signing_alg_values_supported: [...SIGNING_ALGORITHMS],
    jwks_uri: addressBelow(issuer, KEY_SET_PATH),
    scopes_supported: [...new Set([...roleScopes.values()].flat())].sort(),
    response_types_supported: [],
    grant_types_supported: [...grantTypes],
    service_documentation: addressBelow(issuer, '/docs'),
    ui_locales_supported: ['en'],
  };
}
