import { z } from '@hono/zod-openapi';
import { KEY_SET_MAX_AGE_SECONDS } from '../keys/key-times.ts';

/** What the public facts about this server say of being kept: as long as keys are published before they sign. */
export const KEPT = `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`;

const headers = z.object({ 'Cache-Control': z.string().openapi({ example: KEPT }), ETag: z.string() });

/** Documents the answers of a public fact that may be kept, and asked for again by its ETag. @see RFC 9110, section 13.1.2 */
export function keptAnswers<Schema extends z.ZodType>(description: string, schema: Schema) {
  return {
    200: { description, headers, content: { 'application/json': { schema } } },
    304: { description: 'It is still the one with the ETag that was sent.', headers },
  } as const;
}
