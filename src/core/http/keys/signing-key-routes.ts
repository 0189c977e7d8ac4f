import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ADMIN_ROLE } from '../../../identity/role-name.ts';
import type { AdministerKeys } from '../../keys/administer-keys.ts';
import { administrationRefusals } from '../administration-refusals.ts';
import { administratorOf } from '../administrator-of.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { idParameter } from '../id-schema.ts';
import { problemResponse } from '../problem-response.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { createRequireRole } from '../require-role.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { signingKeySchema, toSigningKeyBody } from './signing-key-schema.ts';

const shared = { tags: ['Keys'], security: USER_CREDENTIAL };
const allKeys = {
  description: 'All keys, the earliest made first, also those that are gone or revoked.',
  content: { 'application/json': { schema: z.strictObject({ keys: z.array(signingKeySchema) }) } },
};

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/keys',
  operationId: 'listSigningKeys',
  summary: 'List the signing keys',
  responses: { 200: allKeys, ...administrationRefusals },
});

const rotateRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/keys/rotate',
  operationId: 'rotateSigningKeys',
  summary: 'Rotate the signing keys',
  description:
    'Makes a next key where there is none yet. It is published for seven minutes before it signs, so that every verifier knows it by then.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            immediately: z.boolean().default(false).openapi({
              description:
                'Let the next or a new key sign at once. Verifiers that have not seen it refuse its tokens until they fetch the key set again.',
            }),
          }),
        },
      },
    },
  },
  responses: {
    200: allKeys,
    ...administrationRefusals,
    ...bodyRefusals,
  },
});

const revokeRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/keys/{id}',
  operationId: 'revokeSigningKey',
  summary: 'Revoke a signing key, for good',
  description:
    'What it signed is good no more: in this process at once, and in other cores and in gateways within a second, as long as they hear of revocations. Services that verify by themselves learn of it when they fetch the key set again, which they keep for five minutes at most. Where it was the current key, another signs at once.',
  request: { params: idParameter('key') },
  responses: {
    204: { description: 'The key is withdrawn.' },
    ...administrationRefusals,
    404: problemOf('There is no such key that is not revoked already.'),
  },
});

/** Adds `/v1/keys`: what administrators see of signing keys and do with them. Shows nothing that is secret. */
export function addSigningKeyRoutes(
  app: CoreApp,
  options: { readonly administerKeys: AdministerKeys; readonly requireCaller: MiddlewareHandler<CoreEnv> },
): void {
  const { administerKeys, requireCaller } = options;
  const requireAdmin = createRequireRole(ADMIN_ROLE);
  app.on('GET', '/v1/keys', requireCaller, requireAdmin);
  app.on('POST', '/v1/keys/rotate', requireCaller, requireAdmin);
  app.on('DELETE', '/v1/keys/:id', requireCaller, requireAdmin);

  app.openapi(listRoute, async (c) => {
    const keys = await administerKeys.list();
    return c.json({ keys: keys.map(toSigningKeyBody) }, 200);
  });

  app.openapi(rotateRoute, async (c) => {
    const { immediately } = c.req.valid('json');
    const keys = await administerKeys.rotate(administratorOf(c), immediately);
    return c.json({ keys: keys.map(toSigningKeyBody) }, 200);
  });

  app.openapi(revokeRoute, async (c) => {
    const outcome = await administerKeys.revoke(administratorOf(c), c.req.valid('param').id);
    return outcome === 'revoked' ? c.body(null, 204) : problemResponse(c, 'not_found');
  });
}
