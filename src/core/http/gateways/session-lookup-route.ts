import { createRoute, z } from '@hono/zod-openapi';
import type { ActiveSessionFacts, ActiveSessions } from '../../sessions/active-sessions.ts';
import type { CoreApp } from '../core-env.ts';
import { idSchema } from '../id-schema.ts';
import { lookupAnswerSchema, lookupRouteParts } from './lookup-route.ts';

const questionSchema = z
  .union([
    z.strictObject({ token: z.string().min(1).max(256) }),
    z.strictObject({ session_id: z.string().min(1).max(64), token_id: idSchema('token').optional() }),
  ])
  .openapi('SessionQuestion');

const answerSchema = lookupAnswerSchema({
  session_id: z.string(),
  user_id: z.string(),
  username: z.string(),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  patient_id: z.string().optional(),
  doctor_id: z.string().optional(),
  auth_time: z.int().openapi({ description: 'When the user logged in, in seconds since the Unix epoch.' }),
  acr: z.string(),
  amr: z.array(z.string()),
  expires_at: z.int().openapi({ description: 'Seconds since the Unix epoch.' }),
}).openapi('SessionAnswer');

const lookupRoute = createRoute({
  path: '/internal/sessions/lookup',
  operationId: 'lookUpSession',
  summary: 'Ask about a session, by its opaque token or its id',
  description:
    'For gateways that run apart from the core. Looking up by token counts as use of the session. With `token_id`, the `jti` of an access token of the session, a token that was revoked alone is not active.',
  ...lookupRouteParts(questionSchema, answerSchema),
});

/**
 * Adds `POST /internal/sessions/lookup`. The token travels in the body, never in a URL that ends in logs. Does NOT guard it: `/internal/*`
 * stands behind the internal client's credential as a whole.
 */
export function addSessionLookupRoute(app: CoreApp, activeSessions: ActiveSessions): void {
  app.openapi(lookupRoute, async (c) => {
    const question = c.req.valid('json');
    const facts =
      'token' in question
        ? await activeSessions.findByToken(question.token)
        : await activeSessions.findById(question.session_id, question.token_id);
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
    auth_time: facts.authTime,
    acr: facts.acr,
    amr: [...facts.amr],
    expires_at: facts.expiresAt,
  };
}
