import { createRoute } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Accounts } from '../../accounts/create-accounts.ts';
import { LINK_PATHS } from '../../mail/link-address.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { limitedResponse } from '../limited-response.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { NO_CREDENTIAL, USER_CREDENTIAL } from '../security-requirements.ts';
import { emailChangeSchema, mailedTokenSchema } from './account-body-schema.ts';
import { callerRefusals, publicRefusals } from './account-refusals.ts';

const linkRefusal = problemOf(
  'The body is not what is expected, or the link is wrong, was used before or has run out.',
);
const tokenBody = { required: true, content: { 'application/json': { schema: mailedTokenSchema } } };

const verifyRoute = createRoute({
  method: 'post',
  path: LINK_PATHS.email_verification,
  operationId: 'verifyEmail',
  tags: ['Account'],
  security: NO_CREDENTIAL,
  summary: 'Verify an e-mail address by the token of a mailed link',
  request: { body: tokenBody },
  responses: { 204: { description: 'The address is verified.' }, ...publicRefusals, 400: linkRefusal },
});

const sendAgainRoute = createRoute({
  method: 'post',
  path: '/v1/auth/email/verification',
  operationId: 'sendEmailVerification',
  tags: ['Account'],
  security: USER_CREDENTIAL,
  summary: 'Have the link that verifies the e-mail address sent again',
  description:
    'It is good for a day, and ends the earlier one. Nothing is sent where the address is verified.',
  responses: {
    202: { description: 'A mail is on its way, unless the address is verified or got many already.' },
    400: problemOf('There is more than one credential.'),
    401: callerRefusals[401],
    403: problemOf('A page of another origin uses the session cookie.'),
    429: problemOf('Too many mails were asked for from this address.'),
    503: callerRefusals[503],
  },
});

const changeRoute = createRoute({
  method: 'post',
  path: '/v1/auth/email',
  operationId: 'requestEmailChange',
  tags: ['Account'],
  security: USER_CREDENTIAL,
  summary: "Ask for another e-mail address of one's own account",
  description:
    'Mails a link to the new address, which counts once it is confirmed within an hour, and tells the old one. The answer is the same where another account has the new address.',
  request: { body: { required: true, content: { 'application/json': { schema: emailChangeSchema } } } },
  responses: {
    202: {
      description: 'A mail is on its way, unless another account has the address or it got many already.',
    },
    ...callerRefusals,
    403: problemOf('The current password is wrong, or a page of another origin uses the session cookie.'),
    429: problemOf('Too many passwords were tried in this account, or too many mails asked for.'),
  },
});

const confirmRoute = createRoute({
  method: 'post',
  path: LINK_PATHS.email_change,
  operationId: 'confirmEmailChange',
  tags: ['Account'],
  security: NO_CREDENTIAL,
  summary: 'Confirm a new e-mail address by the token of a mailed link',
  description: 'The old address is told. Sessions go on; all other links end.',
  request: { body: tokenBody },
  responses: {
    204: { description: "The address is the account's, and verified." },
    ...publicRefusals,
    400: linkRefusal,
    409: problemOf('Another account has the address by now.'),
  },
});

/** Adds what users do with their e-mail addresses: verify, have the link sent again, change. */
export function addEmailRoutes(
  app: CoreApp,
  options: {
    readonly accounts: Pick<Accounts, 'emailVerification' | 'changeEmail'>;
    readonly requireCaller: MiddlewareHandler<CoreEnv>;
  },
): void {
  const { emailVerification, changeEmail } = options.accounts;
  for (const path of [sendAgainRoute.path, changeRoute.path]) app.on('POST', path, options.requireCaller);

  app.openapi(verifyRoute, async (c) => {
    const outcome = await emailVerification.verify(c.req.valid('json').token, c.env);
    return outcome.ok ? c.body(null, 204) : problemResponse(c, 'link_invalid');
  });

  app.openapi(sendAgainRoute, async (c) => {
    const { user, session } = c.var.caller;
    const caller = { user, sessionId: session.id };
    const outcome = await emailVerification.sendAgain(caller, c.env);
    return outcome.ok ? c.body(null, 202) : limitedResponse(c, outcome.reason);
  });

  app.openapi(changeRoute, async (c) => {
    const { user, session } = c.var.caller;
    const wish = { user, sessionId: session.id, ...c.req.valid('json') };
    const outcome = await changeEmail.request(wish, c.env);
    if (outcome.ok) return c.body(null, 202);
    if (outcome.reason.kind === 'limited') return limitedResponse(c, outcome.reason);
    return problemResponse(c, 'password_wrong');
  });

  app.openapi(confirmRoute, async (c) => {
    const outcome = await changeEmail.confirm(c.req.valid('json').token, c.env);
    if (outcome.ok) return c.body(null, 204);
    if (outcome.reason.kind === 'link_invalid') return problemResponse(c, 'link_invalid');
    return problemResponse(c, 'conflict', {}, { member: outcome.reason.member });
  });
}
