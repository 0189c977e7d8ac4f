import { z } from '@hono/zod-openapi';
import {
  CLIENT_AUTHENTICATION_METHODS,
  CLIENT_KEY_ALGORITHMS,
  type Client,
} from '../../clients/client-store.ts';
import type { WantedClient } from '../../clients/clients.ts';
import { idSchema } from '../id-schema.ts';
import {
  audienceSchema,
  audiencesSchema,
  machineNameSchema,
  machineRolesSchema,
  machineScopesSchema,
} from '../machines/machine-member-schemas.ts';

const KEYS_MAX = 10;

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

const keySchema = z
  .strictObject({
    kty: z.enum(['RSA', 'EC', 'OKP']),
    n: base64url(1400).optional(),
    e: base64url(16).optional(),
    crv: z.enum(['P-256', 'Ed25519']).optional(),
    x: base64url(64).optional(),
    y: base64url(64).optional(),
    kid: z
      .string()
      .max(256)
      .regex(/^[\x21-\x7e]+$/)
      .optional(),
    use: z.literal('sig').optional(),
    alg: z.enum(CLIENT_KEY_ALGORITHMS).optional(),
  })
  .openapi('ClientKey', {
    description: 'A public key (RFC 7517): RSA of 2048 to 8192 bits, P-256 or Ed25519. Never a private one.',
  });

const keySetSchema = z
  .strictObject({ keys: z.array(keySchema).min(1).max(KEYS_MAX) })
  .openapi('ClientKeySet', {
    description: 'Where there are several keys, each has a `kid` of its own.',
  });

const scopesSchema = machineScopesSchema.openapi({
  description: 'The scopes that the client may ask for, whatever its roles mean for users.',
});

const OWN_AUDIENCE =
  'What the service is called that this client is: tokens with this narrow `aud` are meant for it, so it may exchange them and be told of them.';
const AUDIENCES =
  'The services that it may call for a user: the audiences for which it may exchange a token (RFC 8693). Without any it exchanges none.';
const ownAudienceSchema = audienceSchema.openapi({ description: OWN_AUDIENCE });
const audiencesOfClientSchema = audiencesSchema.openapi({ description: AUDIENCES });

/** An OAuth client as administrators see it: never its secret, never the secret's hash. */
export const clientSchema = z
  .strictObject({
    id: idSchema('client'),
    name: z.string(),
    authenticationMethod: z.enum(CLIENT_AUTHENTICATION_METHODS),
    jwks: keySetSchema.optional().openapi({ description: 'For `private_key_jwt` alone.' }),
    roles: z.array(z.string()),
    scopes: z.array(z.string()),
    audience: z.string().optional().openapi({ description: OWN_AUDIENCE }),
    audiences: z.array(z.string()).openapi({ description: AUDIENCES }),
    disabled: z.boolean(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso
      .datetime()
      .optional()
      .openapi({ description: 'When it last got a token; to the minute.' }),
  })
  .openapi('Client');

const wantedMembers = {
  name: machineNameSchema,
  roles: machineRolesSchema.default([]),
  scopes: scopesSchema.default([]),
  audience: ownAudienceSchema.optional(),
  audiences: audiencesOfClientSchema.default([]),
};

/** What a client with a secret is to be. */
export const wantedSecretClientSchema = z.strictObject({
  ...wantedMembers,
  authenticationMethod: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
});

/** What a client with keys is to be. */
export const wantedKeyClientSchema = z.strictObject({
  ...wantedMembers,
  authenticationMethod: z.literal('private_key_jwt'),
  jwks: keySetSchema,
});

/** What a client is to be. */
export const wantedClientSchema = z
  .union([wantedSecretClientSchema, wantedKeyClientSchema])
  .openapi('WantedClient');

/** Takes what a client is to be from the wire. */
export function toWantedClient({ audience, ...body }: z.infer<typeof wantedClientSchema>): WantedClient {
  const named = audience === undefined ? {} : { audience };
  return body.authenticationMethod === 'private_key_jwt'
    ? { ...body, ...named, keys: body.jwks.keys }
    : { ...body, ...named };
}

/** What of a client changes; how it authenticates never does. */
export const clientChangeSchema = z
  .strictObject({
    name: machineNameSchema.optional(),
    roles: machineRolesSchema.optional(),
    scopes: scopesSchema.optional(),
    audience: ownAudienceSchema.nullable().optional(),
    audiences: audiencesOfClientSchema.optional(),
    jwks: keySetSchema.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0)
  .openapi('ClientChange', { minProperties: 1 });

/** Writes a client for the wire, member by member, so that a new secret in `Client` does not slip out. */
export function toClientBody(client: Client): z.infer<typeof clientSchema> {
  return {
    id: client.id,
    name: client.name,
    authenticationMethod: client.authenticationMethod,
    ...(client.authenticationMethod === 'private_key_jwt' && { jwks: { keys: [...client.keys] } }),
    roles: [...client.roles],
    scopes: [...client.scopes],
    ...(client.audience !== undefined && { audience: client.audience }),
    audiences: [...client.audiences],
    disabled: client.disabledAt !== undefined,
    createdAt: client.createdAt.toISOString(),
    ...(client.lastUsedAt !== undefined && { lastUsedAt: client.lastUsedAt.toISOString() }),
  };
}
