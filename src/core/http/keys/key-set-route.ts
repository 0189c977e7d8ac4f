import { createRoute, z } from '@hono/zod-openapi';
import { etag } from 'hono/etag';
import { KEY_SET_MAX_AGE_SECONDS } from '../../keys/key-times.ts';
import type { PublicKeySet } from '../../keys/public-key-set.ts';
import type { CoreApp } from '../core-env.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';

const keySetSchema = z
  .strictObject({ keys: z.array(z.record(z.string(), z.string())) })
  .openapi('KeySet', { description: 'RFC 7517, section 5; public members only.' });

const keptHeaders = z.object({
  'Cache-Control': z.string().openapi({ example: `public, max-age=${KEY_SET_MAX_AGE_SECONDS}` }),
  ETag: z.string(),
});

const keySetRoute = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operationId: 'getKeySet',
  tags: ['Keys'],
  security: NO_CREDENTIAL,
  summary: 'The keys that verify our tokens',
  responses: {
    200: {
      description: 'The key set.',
      headers: keptHeaders,
      content: { 'application/json': { schema: keySetSchema } },
    },
    304: { description: 'It is still the one with the ETag that was sent.', headers: keptHeaders },
  },
});

/** Adds `GET /.well-known/jwks.json`: public, kept for five minutes, with an ETag. @see RFC 7517, section 5; RFC 9110, section 13.1.2 */
export function addKeySetRoute(app: CoreApp, keySet: () => Promise<PublicKeySet>): void {
  app.use('/.well-known/jwks.json', etag());
  app.openapi(keySetRoute, async (c) => {
    const { keys } = await keySet();
    c.header('Cache-Control', `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`);
    return c.json({ keys: keys.map((key) => ({ ...key })) }, 200);
  });
}
