import { createRoute, z } from '@hono/zod-openapi';
import { etag } from 'hono/etag';
import type { PublicKeySet } from '../../keys/public-key-set.ts';
import type { CoreApp } from '../core-env.ts';
import { KEPT, keptAnswers } from '../kept-answers.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';

/** Where the key set is. */
export const KEY_SET_PATH = '/.well-known/jwks.json';

const keySetSchema = z
  .strictObject({ keys: z.array(z.record(z.string(), z.string())) })
  .openapi('KeySet', { description: 'RFC 7517, section 5; public members only.' });

const keySetRoute = createRoute({
  method: 'get',
  path: KEY_SET_PATH,
  operationId: 'getKeySet',
  tags: ['Keys'],
  security: NO_CREDENTIAL,
  summary: 'The keys that verify our tokens',
  responses: keptAnswers('The key set.', keySetSchema),
});

/** Adds `GET /.well-known/jwks.json`: public, kept for five minutes, with an ETag. @see RFC 7517, section 5; RFC 9110, section 13.1.2 */
export function addKeySetRoute(app: CoreApp, keySet: () => Promise<PublicKeySet>): void {
  app.use(KEY_SET_PATH, etag());
  app.openapi(keySetRoute, async (c) => {
    const { keys } = await keySet();
    c.header('Cache-Control', KEPT);
    return c.json({ keys: keys.map((key) => ({ ...key })) }, 200);
  });
}
