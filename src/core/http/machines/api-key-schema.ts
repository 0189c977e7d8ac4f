import { z } from '@hono/zod-openapi';
import type { ApiKey } from '../../machines/api-key-store.ts';
import { idSchema } from '../id-schema.ts';
import { machineNameSchema, machineRolesSchema, machineScopesSchema } from './machine-member-schemas.ts';

const LIFETIME_SECONDS_MAX = 10 * 366 * 24 * 60 * 60;

/** An API key as administrators may see it: never the key, never its hash. */
export const apiKeySchema = z
  .strictObject({
    id: idSchema('api_key'),
    name: z.string(),
    hint: z.string().openapi({ description: 'The first characters of the key.', example: 'wgk_Ab12' }),
    roles: z.array(z.string()),
    scopes: z.array(z.string()),
    createdBy: z.string().optional().openapi({ description: 'The user who made it.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().optional(),
    lastUsedAt: z.iso.datetime().optional().openapi({ description: 'To the minute.' }),
    revokedAt: z.iso.datetime().optional(),
  })
  .openapi('ApiKey');

/** What a key is to be. */
export const wantedApiKeySchema = z
  .strictObject({
    name: machineNameSchema,
    roles: machineRolesSchema.default([]),
    scopes: machineScopesSchema
      .default([])
      .openapi({ description: 'The key has these scopes and no others, whatever its roles mean for users.' }),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(LIFETIME_SECONDS_MAX)
      .optional()
      .openapi({ description: 'Without it the key is good until it is revoked.' }),
  })
  .openapi('WantedApiKey');

/** Writes a key's record for the wire, member by member, so that a new secret in `ApiKey` does not slip out. */
export function toApiKeyBody(key: ApiKey): z.infer<typeof apiKeySchema> {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    roles: [...key.roles],
    scopes: [...key.scopes],
    ...(key.createdBy !== undefined && { createdBy: key.createdBy }),
    createdAt: key.createdAt.toISOString(),
    ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt.toISOString() }),
    ...(key.lastUsedAt !== undefined && { lastUsedAt: key.lastUsedAt.toISOString() }),
    ...(key.revokedAt !== undefined && { revokedAt: key.revokedAt.toISOString() }),
  };
}
