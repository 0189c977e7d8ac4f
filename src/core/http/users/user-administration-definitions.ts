import { createRoute, z } from '@hono/zod-openapi';
import { administrationRefusals } from '../administration-refusals.ts';
import { idParameter } from '../id-schema.ts';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { sessionSchema } from '../sessions/session-schema.ts';
import {
  administeredUserSchema,
  newUserSchema,
  userChangeSchema,
  userListQuerySchema,
} from './user-administration-schema.ts';

const unknown = { 404: problemOf('There is no such user.') };

const shared = { tags: ['Administration'], security: USER_CREDENTIAL };
const params = idParameter('user');
const oneUser = {
  content: { 'application/json': { schema: z.strictObject({ user: administeredUserSchema }) } },
};

/** `GET /v1/users` */
export const listUsersRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/users',
  operationId: 'listUsers',
  summary: 'List users, oldest first',
  request: { query: userListQuerySchema },
  responses: {
    200: {
      description: 'A page of users; `nextCursor` where another follows.',
      content: {
        'application/json': {
          schema: z.strictObject({
            users: z.array(administeredUserSchema),
            nextCursor: z.string().optional(),
          }),
        },
      },
    },
    ...administrationRefusals,
  },
});

/** `POST /v1/users` */
export const createUserRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/users',
  operationId: 'createUser',
  summary: 'Create a user',
  request: { body: { required: true, content: { 'application/json': { schema: newUserSchema } } } },
  responses: {
    201: { description: 'The user was created.', ...oneUser },
    ...administrationRefusals,
    409: problemOf('Something is taken; `member` says what.'),
    ...bodyRefusals,
    422: problemOf('The password is not acceptable; `reasons` says why.'),
  },
});

/** `GET /v1/users/{id}` */
export const readUserRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/users/{id}',
  operationId: 'readUser',
  summary: 'Read a user',
  request: { params },
  responses: { 200: { description: 'The user.', ...oneUser }, ...administrationRefusals, ...unknown },
});

/** `PATCH /v1/users/{id}` */
export const changeUserRoute = createRoute({
  ...shared,
  method: 'patch',
  path: '/v1/users/{id}',
  operationId: 'changeUser',
  summary: 'Change a user',
  description:
    'What is absent stays. All sessions of the user end when it is disabled, loses a role or gets another link.',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: userChangeSchema } } },
  },
  responses: {
    200: { description: 'The user as it is now.', ...oneUser },
    ...administrationRefusals,
    ...unknown,
    409: problemOf(
      'Something is taken (`conflict`; `member` says what), or one would take the administration from oneself (`own_account`) or from the last who has it (`last_admin`).',
    ),
    ...bodyRefusals,
  },
});

/** `DELETE /v1/users/{id}` */
export const deleteUserRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/users/{id}',
  operationId: 'deleteUser',
  summary: 'Delete a user, and end its sessions',
  request: { params },
  responses: {
    204: { description: 'The user is deleted.' },
    ...administrationRefusals,
    ...unknown,
    409: problemOf('It is the caller itself (`own_account`), or the last administrator (`last_admin`).'),
  },
});

/** `GET /v1/users/{id}/sessions` */
export const listUserSessionsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/users/{id}/sessions',
  operationId: 'listUserSessions',
  summary: 'List the active sessions of a user',
  request: { params },
  responses: {
    200: {
      description: 'The sessions.',
      content: { 'application/json': { schema: z.strictObject({ sessions: z.array(sessionSchema) }) } },
    },
    ...administrationRefusals,
    ...unknown,
  },
});

/** `DELETE /v1/users/{id}/sessions` */
export const endUserSessionsRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/users/{id}/sessions',
  operationId: 'endUserSessions',
  summary: 'End all sessions of a user',
  request: { params },
  responses: { 204: { description: 'All have ended.' }, ...administrationRefusals, ...unknown },
});
