import { z } from '@hono/zod-openapi';
import type { SigningKeyFacts } from '../../keys/administer-keys.ts';

/** A signing key as administrators may see it: nothing that is secret. */
export const signingKeySchema = z
  .strictObject({
    id: z.string().openapi({
      description: 'The `kid` of tokens that it signed.',
      example: 'key_0123456789abcdef0123456789abcdef',
    }),
    algorithm: z.string().openapi({ example: 'RS256' }),
    state: z.enum(['next', 'current', 'previous', 'gone', 'revoked']).openapi({
      description:
        '`next`: published, signs later. `current`: signs. `previous`: signs no more, still verifies. `gone`: published no more. `revoked`: withdrawn.',
    }),
    createdAt: z.iso.datetime(),
    signsFrom: z.iso.datetime(),
    publishedUntil: z.iso
      .datetime()
      .optional()
      .openapi({ description: 'When the last token that it signed is dead, and longer.' }),
    revokedAt: z.iso.datetime().optional(),
  })
  .openapi('SigningKey');

/** Writes a key for the wire. */
export function toSigningKeyBody(key: SigningKeyFacts): z.infer<typeof signingKeySchema> {
  const { id, algorithm, state, createdAt, signsFrom, publishedUntil, revokedAt } = key;
  return {
    id,
    algorithm,
    state,
    createdAt: createdAt.toISOString(),
    signsFrom: signsFrom.toISOString(),
    ...(publishedUntil !== undefined && { publishedUntil: publishedUntil.toISOString() }),
    ...(revokedAt !== undefined && { revokedAt: revokedAt.toISOString() }),
  };
}
