import { createRoute, z } from '@hono/zod-openapi';
import { type Actor, isActor } from '../../../identity/actor.ts';
import { AUDIENCE } from '../../../identity/audience.ts';
import { withoutAbsent } from '../../../lib/without-absent.ts';
import { parseScope } from '../../../oauth/scope.ts';
import type { IdentityAssertions } from '../../tokens/identity-assertions.ts';
import { roleNameSchema } from '../account-member-schemas.ts';
import type { CoreApp } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { lookupRouteParts } from './lookup-route.ts';

// More than any caller has; together they must fit in the body anyway.
const NAMES_MAX = 256;
const text = z.string().min(1).max(1024);
const scope = text.refine((name) => parseScope(name)?.[0] === name);

const questionSchema = z
  .strictObject({
    audience: z.string().regex(AUDIENCE),
    sub: text,
    issuer: text.optional().openapi({
      description: 'The foreign issuer that vouches for `sub`; absent for our own.',
    }),
    roles: z.array(roleNameSchema).max(NAMES_MAX),
    scopes: z.array(scope).max(NAMES_MAX),
    username: text.optional(),
    session_id: text.optional(),
    patient_id: text.optional(),
    doctor_id: text.optional(),
    client_id: text.optional(),
    act: z
      .custom<Actor>((value) => isActor(value))
      .optional()
      .openapi({ type: 'object', description: 'Who acts for the caller (RFC 8693, section 4.1).' }),
  })
  .openapi('AssertionQuestion');

const answerSchema = z
  .strictObject({
    token: z.string(),
    expires_at: z.int().openapi({ description: 'Seconds since the Unix epoch.' }),
  })
  .openapi('AssertionAnswer');

const parts = lookupRouteParts(questionSchema, answerSchema);

const assertionRoute = createRoute({
  ...parts,
  path: '/internal/assertions',
  operationId: 'signAssertion',
  summary: 'Sign an identity assertion',
  description:
    'For gateways that run apart from the core, which have no key: signs who called which upstream, as a token of type `identity-assertion+jwt` that is good for a minute and for nothing else.',
  responses: {
    ...parts.responses,
    200: { ...parts.responses[200], description: 'The signed assertion.' },
  },
});

/** Adds `POST /internal/assertions`. Does NOT guard it: `/internal/*` stands behind the internal client's credential as a whole. */
export function addAssertionRoute(app: CoreApp, assertions: IdentityAssertions): void {
  app.openapi(assertionRoute, async (c) => {
    const { sub: subject, session_id, patient_id, doctor_id, client_id, ...facts } = c.req.valid('json');
    const { audience, issuer, roles, scopes, username, act: actor } = facts;
    const links = { sessionId: session_id, patientId: patient_id, doctorId: doctor_id, clientId: client_id };
    const known = { audience, subject, roles, scopes };
    const signed = await assertions.sign({
      ...known,
      ...withoutAbsent({ issuer, username, actor, ...links }),
    });
    if (!signed.ok) return problemResponse(c, 'invalid_request');
    return c.json({ token: signed.value.token, expires_at: signed.value.expiresAt }, 200);
  });
}
