import { createRoute, z } from '@hono/zod-openapi';
import type { ActiveMachineFacts, ActiveMachines } from '../../machines/active-machines.ts';
import type { CoreApp } from '../core-env.ts';
import { idSchema } from '../id-schema.ts';
import { lookupAnswerSchema, lookupRouteParts } from './lookup-route.ts';

const questionSchema = z
  .union([
    z.strictObject({ api_key: z.string().min(1).max(256) }),
    z.strictObject({ id: z.string().min(1).max(64), token_id: idSchema('token').optional() }),
  ])
  .openapi('MachineQuestion');

const answerSchema = lookupAnswerSchema({
  id: z.string(),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  expires_at: z.int().optional().openapi({ description: 'Seconds since the Unix epoch.' }),
}).openapi('MachineAnswer');

const lookupRoute = createRoute({
  path: '/internal/machines/lookup',
  operationId: 'lookUpMachine',
  summary: 'Ask about an API key or a client: by the key, or by the id of either',
  description:
    'For gateways that run apart from the core. Looking up by key counts as use of the key. A client that is disabled is not active, nor is one asked about by a token that was revoked alone: `token_id` is its `jti`.',
  ...lookupRouteParts(questionSchema, answerSchema),
});

/** Adds `POST /internal/machines/lookup`. Does NOT guard it: `/internal/*` stands behind the internal client's credential as a whole. */
export function addMachineLookupRoute(app: CoreApp, activeMachines: ActiveMachines): void {
  app.openapi(lookupRoute, async (c) => {
    const question = c.req.valid('json');
    const facts =
      'api_key' in question
        ? await activeMachines.findByKey(question.api_key)
        : await activeMachines.findById(question.id, question.token_id);
    return c.json(facts === undefined ? ({ active: false } as const) : toAnswerBody(facts), 200);
  });
}

function toAnswerBody({ id, roles, scopes, expiresAt }: ActiveMachineFacts) {
  return {
    active: true as const,
    id,
    roles: [...roles],
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
}
