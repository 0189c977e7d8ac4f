import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Accounts } from '../../accounts/create-accounts.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { limitedResponse } from '../limited-response.ts';
import { addLinkPages } from '../pages/link-pages.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { USER_CREDENTIAL } from '../security-requirements.ts';
import { toUserBody, userSchema } from '../user-schema.ts';
import { passwordChangeSchema, profileChangeSchema } from './account-body-schema.ts';
import { callerRefusals } from './account-refusals.ts';
import { addEmailRoutes } from './email-routes.ts';
import { addPasswordResetRoutes } from './password-reset-routes.ts';
import { addRegisterRoute } from './register-route.ts';

const profileRoute = createRoute({
  method: 'patch',
  path: '/v1/auth/me',
  operationId: 'changeProfile',
  tags: ['Account'],
  security: USER_CREDENTIAL,
  summary: "Change one's own profile",
  request: { body: { required: true, content: { 'application/json': { schema: profileChangeSchema } } } },
  responses: {
    200: {
      description: 'The user as it is now.',
      content: { 'application/json': { schema: z.strictObject({ user: userSchema }) } },
    },
    ...callerRefusals,
    403: problemOf('A page of another origin uses the session cookie.'),
    409: problemOf('The username is taken; `member` says so.'),
  },
});

const passwordRoute = createRoute({
  method: 'post',
  path: '/v1/auth/password',
  operationId: 'changePassword',
  tags: ['Account'],
  security: USER_CREDENTIAL,
  summary: "Change one's own password",
  description:
    'Ends all other sessions of the user and all links that were mailed; the session of this request goes on. The user is told by mail.',
  request: { body: { required: true, content: { 'application/json': { schema: passwordChangeSchema } } } },
  responses: {
    204: { description: 'The password was changed.' },
    ...callerRefusals,
    403: problemOf('The current password is wrong, or a page of another origin uses the session cookie.'),
    409: problemOf('Another request changed the password meanwhile.'),
    422: problemOf('The new password is not acceptable; `reasons` says why.'),
    429: problemOf('Too many passwords were tried in this account.'),
  },
});

/** Adds what users do with their accounts: register, change profile, password and e-mail address, and follow the links of mails. */
export function addAccountRoutes(
  app: CoreApp,
  options: { readonly accounts: Accounts; readonly requireCaller: MiddlewareHandler<CoreEnv> },
): void {
  const { accounts, requireCaller } = options;
  addRegisterRoute(app, accounts.register);
  addPasswordResetRoutes(app, accounts);
  addEmailRoutes(app, options);
  addLinkPages(app);
  app.on('PATCH', '/v1/auth/me', requireCaller);
  app.on('POST', '/v1/auth/password', requireCaller);

  app.openapi(profileRoute, async (c) => {
    const { user, session } = c.var.caller;
    const { requestId, clientAddress } = c.env;
    const { username, displayName } = c.req.valid('json');
    const change = {
      ...(username !== undefined && { username }),
      ...(displayName !== undefined && { displayName }),
    };
    const caller = { user, sessionId: session.id };
    const outcome = await accounts.changeProfile(caller, change, { requestId, clientAddress });
    if (outcome.ok) return c.json({ user: toUserBody(outcome.value) }, 200);
    if (outcome.reason.kind === 'gone') return problemResponse(c, 'invalid_token');
    return problemResponse(c, 'conflict', {}, { member: outcome.reason.member });
  });

  app.openapi(passwordRoute, async (c) => {
    const { user, session } = c.var.caller;
    const { requestId, clientAddress } = c.env;
    const { currentPassword: current, newPassword: next } = c.req.valid('json');
    const change = { user, sessionId: session.id, current, next };
    const outcome = await accounts.changePassword(change, { requestId, clientAddress });
    if (outcome.ok) return c.body(null, 204);
    switch (outcome.reason.kind) {
      case 'current_wrong':
        return problemResponse(c, 'password_wrong');
      case 'limited':
        return limitedResponse(c, outcome.reason);
      case 'changed_meanwhile':
        return problemResponse(c, 'conflict');
      case 'password':
        return problemResponse(c, 'password_unacceptable', {}, { reasons: [outcome.reason.fault] });
    }
  });
}
