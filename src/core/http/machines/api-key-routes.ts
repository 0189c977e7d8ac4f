import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ADMIN_ROLE } from '../../../identity/role-name.ts';
import type { Machines } from '../../machines/create-machines.ts';
import { administrationRefusals } from '../administration-refusals.ts';
import { administratorOf } from '../administrator-of.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { idParameter } from '../id-schema.ts';
import { pageLimitSchema } from '../page-limit.ts';
import { problemResponse } from '../problem-response.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { createRequireRole } from '../require-role.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { apiKeySchema, toApiKeyBody, wantedApiKeySchema } from './api-key-schema.ts';
import { machineCursorSchema, readMachineCursor, writeMachineCursor } from './machine-cursor-text.ts';

const shared = { tags: ['API keys'], security: USER_CREDENTIAL };

const issueRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/api-keys',
  operationId: 'createApiKey',
  summary: 'Issue an API key',
  description: 'The answer shows the key, once and never again: only its hash is kept.',
  request: {
    body: { required: true, content: { 'application/json': { schema: wantedApiKeySchema } } },
  },
  responses: {
    201: {
      description: 'The key and its record.',
      content: { 'application/json': { schema: z.strictObject({ key: z.string(), apiKey: apiKeySchema }) } },
    },
    ...administrationRefusals,
    ...bodyRefusals,
  },
});

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listApiKeys',
  summary: 'List API keys, oldest first',
  request: {
    query: z.strictObject({
      limit: pageLimitSchema,
      cursor: machineCursorSchema('apk'),
    }),
  },
  responses: {
    200: {
      description: 'A page of keys, also of those that are revoked or expired.',
      content: {
        'application/json': {
          schema: z.strictObject({ apiKeys: z.array(apiKeySchema), nextCursor: z.string().optional() }),
        },
      },
    },
    ...administrationRefusals,
  },
});

const revokeRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/api-keys/{id}',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key, for good',
  request: { params: idParameter('api_key') },
  responses: {
    204: { description: 'The key is good no more; gateways see it within a second.' },
    ...administrationRefusals,
    404: problemOf('No such key that is not revoked already.'),
  },
});

/** Adds `/v1/api-keys`: issue, list and revoke, for administrators. */
export function addApiKeyRoutes(
  app: CoreApp,
  options: { readonly machines: Machines; readonly requireCaller: MiddlewareHandler<CoreEnv> },
): void {
  const { machines, requireCaller } = options;
  app.on(['GET', 'POST'], '/v1/api-keys', requireCaller, createRequireRole(ADMIN_ROLE));
  app.on('DELETE', '/v1/api-keys/:id', requireCaller, createRequireRole(ADMIN_ROLE));

  app.openapi(issueRoute, async (c) => {
    const { expiresInSeconds, ...wanted } = c.req.valid('json');
    const issued = await machines.apiKeys.issue(
      { ...wanted, lifetimeSeconds: expiresInSeconds },
      administratorOf(c),
    );
    if (!issued.ok) return problemResponse(c, 'invalid_request');
    const { key, apiKey } = issued.value;
    return c.json({ key, apiKey: toApiKeyBody(apiKey) }, 201);
  });

  app.openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const page = await machines.apiKeyStore.list({ limit, after: readMachineCursor(cursor) });
    const { apiKeys, next } = page;
    return c.json(
      { apiKeys: apiKeys.map(toApiKeyBody), ...(next && { nextCursor: writeMachineCursor(next) }) },
      200,
    );
  });

  app.openapi(revokeRoute, async (c) => {
    const outcome = await machines.apiKeys.revoke(c.req.valid('param').id, administratorOf(c));
    return outcome === 'revoked' ? c.body(null, 204) : problemResponse(c, 'not_found');
  });
}
