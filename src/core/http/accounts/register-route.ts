import { createRoute, z } from '@hono/zod-openapi';
import type { Register } from '../../accounts/register.ts';
import type { CoreApp } from '../core-env.ts';
import { limitedResponse } from '../limited-response.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { registrationSchema } from './account-body-schema.ts';
import { publicRefusals } from './account-refusals.ts';

const registerRoute = createRoute({
  method: 'post',
  path: '/v1/auth/register',
  operationId: 'register',
  tags: ['Account'],
  security: NO_CREDENTIAL,
  summary: 'Register',
  description:
    'Makes an account with the default roles, and mails a link that verifies its address. Does not log in.',
  request: { body: { required: true, content: { 'application/json': { schema: registrationSchema } } } },
  responses: {
    201: {
      description: 'The account was made.',
      content: { 'application/json': { schema: z.strictObject({ user: userSchema }) } },
    },
    ...publicRefusals,
    403: problemOf('Registration is closed here.'),
    409: problemOf('The e-mail address or the username is taken; `member` says which.'),
    422: problemOf('The password is not acceptable; `reasons` says why.'),
    429: problemOf('Too many registered from this address.'),
  },
});

/** Adds `POST /v1/auth/register`. */
export function addRegisterRoute(app: CoreApp, register: Register): void {
  app.openapi(registerRoute, async (c) => {
    const { email, username, displayName, password } = c.req.valid('json');
    const { requestId, clientAddress } = c.env;
    const outcome = await register({ email, username, displayName, password }, { requestId, clientAddress });
    if (outcome.ok) return c.json({ user: toUserBody(outcome.value) }, 201);
    const refusal = outcome.reason;
    switch (refusal.kind) {
      case 'closed':
        return problemResponse(c, 'registration_closed');
      case 'limited':
        return limitedResponse(c, refusal);
      case 'taken':
        return problemResponse(c, 'conflict', {}, { member: refusal.member });
      case 'password':
        return problemResponse(c, 'password_unacceptable', {}, { reasons: [refusal.fault] });
    }
  });
}
