import { createRoute } from '@hono/zod-openapi';
import type { Accounts } from '../../accounts/create-accounts.ts';
import { LINK_PATHS } from '../../mail/link-address.ts';
import type { CoreApp } from '../core-env.ts';
import { limitedResponse } from '../limited-response.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { forgotPasswordSchema, passwordResetSchema } from './account-body-schema.ts';
import { publicRefusals } from './account-refusals.ts';

const forgotRoute = createRoute({
  method: 'post',
  path: '/v1/auth/password/forgot',
  operationId: 'forgotPassword',
  tags: ['Account'],
  security: NO_CREDENTIAL,
  summary: 'Ask for a link to set a new password',
  description:
    'Mails a link that is good for an hour and for one use, and ends the earlier one. The answer is the same whether there is such an account or not.',
  request: { body: { required: true, content: { 'application/json': { schema: forgotPasswordSchema } } } },
  responses: {
    202: { description: 'If there is such an account, a mail is on its way.' },
    ...publicRefusals,
    429: problemOf('Too many mails were asked for from this address.'),
  },
});

const resetRoute = createRoute({
  method: 'post',
  path: LINK_PATHS.password_reset,
  operationId: 'resetPassword',
  tags: ['Account'],
  security: NO_CREDENTIAL,
  summary: 'Set a new password by the token of a mailed link',
  description: 'Ends all sessions of the user, and all other links. Does not log in.',
  request: { body: { required: true, content: { 'application/json': { schema: passwordResetSchema } } } },
  responses: {
    204: { description: 'The password was set.' },
    ...publicRefusals,
    400: problemOf('The body is not what is expected, or the link is wrong, was used before or has run out.'),
    422: problemOf('The new password is not acceptable; `reasons` says why. The link stays good.'),
  },
});

/** Adds what somebody does who has forgotten the password. */
export function addPasswordResetRoutes(
  app: CoreApp,
  { forgotPassword, resetPassword }: Pick<Accounts, 'forgotPassword' | 'resetPassword'>,
): void {
  app.openapi(forgotRoute, async (c) => {
    const outcome = await forgotPassword(c.req.valid('json').email, c.env);
    return outcome.ok ? c.body(null, 202) : limitedResponse(c, outcome.reason);
  });

  app.openapi(resetRoute, async (c) => {
    const outcome = await resetPassword(c.req.valid('json'), c.env);
    if (outcome.ok) return c.body(null, 204);
    switch (outcome.reason.kind) {
      case 'link_invalid':
        return problemResponse(c, 'link_invalid');
      case 'password':
        return problemResponse(c, 'password_unacceptable', {}, { reasons: [outcome.reason.fault] });
    }
  });
}
