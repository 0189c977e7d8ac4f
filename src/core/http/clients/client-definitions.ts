import { createRoute, z } from '@hono/zod-openapi';
import { administrationRefusals } from '../administration-refusals.ts';
import { idParameter } from '../id-schema.ts';
import { machineCursorSchema } from '../machines/machine-cursor-text.ts';
import { pageLimitSchema } from '../page-limit.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { clientChangeSchema, clientSchema, wantedClientSchema } from './client-schema.ts';

const unknown = { 404: problemOf('There is no such client.') };
const shared = { tags: ['Clients'], security: USER_CREDENTIAL };
const params = idParameter('client');
const oneClient = {
  content: { 'application/json': { schema: z.strictObject({ client: clientSchema }) } },
};
const secretSchema = z
  .string()
  .openapi({ description: 'Shown once and never again: only its hash is kept.' });

/** `POST /v1/clients` */
export const createClientRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/clients',
  operationId: 'createClient',
  summary: 'Register an OAuth client',
  description: 'The answer shows the secret, where the client has one, once and never again.',
  request: { body: { required: true, content: { 'application/json': { schema: wantedClientSchema } } } },
  responses: {
    201: {
      description: 'The client, and its secret.',
      content: {
        'application/json': {
          schema: z.strictObject({ client: clientSchema, secret: secretSchema.optional() }),
        },
      },
    },
    ...administrationRefusals,
    ...bodyRefusals,
  },
});

/** `GET /v1/clients` */
export const listClientsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/clients',
  operationId: 'listClients',
  summary: 'List OAuth clients, oldest first',
  request: { query: z.strictObject({ limit: pageLimitSchema, cursor: machineCursorSchema('cli') }) },
  responses: {
    200: {
      description: 'A page of clients, also of those that are disabled; `nextCursor` where another follows.',
      content: {
        'application/json': {
          schema: z.strictObject({ clients: z.array(clientSchema), nextCursor: z.string().optional() }),
        },
      },
    },
    ...administrationRefusals,
  },
});

/** `GET /v1/clients/{id}` */
export const readClientRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/clients/{id}',
  operationId: 'readClient',
  summary: 'Read an OAuth client',
  request: { params },
  responses: { 200: { description: 'The client.', ...oneClient }, ...administrationRefusals, ...unknown },
});

/** `PATCH /v1/clients/{id}` */
export const changeClientRoute = createRoute({
  ...shared,
  method: 'patch',
  path: '/v1/clients/{id}',
  operationId: 'changeClient',
  summary: 'Change, disable or enable an OAuth client',
  description:
    'What is absent stays. A client that is disabled gets no token any more; routes that are `live` refuse the tokens that it has at once, others until they expire.',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: clientChangeSchema } } },
  },
  responses: {
    200: { description: 'The client as it is now.', ...oneClient },
    ...administrationRefusals,
    ...unknown,
    409: problemOf('It has keys for a client with a secret.'),
    ...bodyRefusals,
  },
});

/** `POST /v1/clients/{id}/secret` */
export const rotateClientSecretRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/clients/{id}/secret',
  operationId: 'rotateClientSecret',
  summary: 'Give an OAuth client a new secret',
  description: 'The old secret is dead at once. Tokens that the client has stay good.',
  request: { params },
  responses: {
    200: {
      description: 'The client and its new secret.',
      content: {
        'application/json': { schema: z.strictObject({ client: clientSchema, secret: secretSchema }) },
      },
    },
    ...administrationRefusals,
    ...unknown,
    409: problemOf('The client has keys instead of a secret.'),
  },
});

/** `DELETE /v1/clients/{id}` */
export const deleteClientRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/clients/{id}',
  operationId: 'deleteClient',
  summary: 'Delete an OAuth client, for good',
  description: 'As for one that is disabled: routes that are `live` refuse its tokens at once.',
  request: { params },
  responses: { 204: { description: 'The client is deleted.' }, ...administrationRefusals, ...unknown },
});
