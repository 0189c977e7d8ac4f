import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { ActiveSessionFacts, ActiveSessions } from '../sessions/active-sessions.ts';
import type { CoreApp, CoreEnv } from './core-env.ts';
import { problemOf } from './problem-schema.ts';
import { INTERNAL_CLIENT_CREDENTIAL } from './security-requirements.ts';

const questionSchema = z
  .union([
    z.strictObject({ token: z.string().min(1).max(256) }),
    z.strictObject({ session_id: z.string().min(1).max(64) }),
  ])
  .openapi('SessionQuestion');

const answerSchema = z
  .discriminatedUnion('active', [
    z.strictObject({ active: z.literal(false) }),
    z.strictObject({
      active: z.literal(true),
      session_id: z.string(),
      user_id: z.string(),
      username: z.string(),
      roles: z.array(z.string()),
      scopes: z.array(z.string()),
      patient_id: z.string().optional(),
      doctor_id: z.string().optional(),
      expires_at: z.int().openapi({ description: 'Seconds since the Unix epoch.' }),
    }),
  ])
  .openapi('SessionAnswer');

const lookupRoute = createRoute({
  method: 'post',
  path: '/internal/sessions/lookup',
  operationId: 'lookUpSession',
  tags: ['Gateways'],
  security: INTERNAL_CLIENT_CREDENTIAL,
  summary: 'Ask about a session, by its opaque token or its id',
  description: 'For gateways that run apart from the core. Looking up by token counts as use of the session.',
  request: { body: { required: true, content: { 'application/json': { schema: questionSchema } } } },
  responses: {
    200: {
      description: 'What is known. Everything that is not an active session is `{"active":false}`.',
      content: { 'application/json': { schema: answerSchema } },
    },
    400: problemOf('The body is not what is expected.'),
    401: problemOf('The client credential is missing or wrong.'),
    413: problemOf('The body is too large.'),
    415: problemOf('The body is not JSON.'),
    503: problemOf('The stores could not tell.'),
  },
});

/** Adds `POST /internal/sessions/lookup` behind the internal client's credential. The token travels in the body, never in a URL that ends in logs. */
export function addSessionLookupRoute(
  app: CoreApp,
  options: {
    readonly activeSessions: ActiveSessions;
    readonly requireInternalClient: MiddlewareHandler<CoreEnv>;
  },
): void {
  const { activeSessions } = options;
  app.use('/internal/*', options.requireInternalClient);
  app.openapi(lookupRoute, async (c) => {
    const question = c.req.valid('json');
    const facts =
      'token' in question
        ? await activeSessions.findByToken(question.token)
        : await activeSessions.findById(question.session_id);
    return c.json(facts === undefined ? ({ active: false } as const) : toAnswerBody(facts), 200);
  });
}

function toAnswerBody(facts: ActiveSessionFacts) {
  return {
    active: true as const,
    session_id: facts.sessionId,
    user_id: facts.userId,
    username: facts.username,
    roles: [...facts.roles],
    scopes: [...facts.scopes],
    ...(facts.patientId !== undefined && { patient_id: facts.patientId }),
    ...(facts.doctorId !== undefined && { doctor_id: facts.doctorId }),
    expires_at: facts.expiresAt,
  };
}
