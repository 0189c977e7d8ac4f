import { createRoute, z } from '@hono/zod-openapi';
import { type FollowRevocations, REVOCABLE_KINDS, REVOCATION_CURSOR } from '../../../identity/revocation.ts';
import { toRevocationBatchJson } from '../../../identity/revocation-batch-json.ts';
import { prefersMediaType } from '../../../lib/prefers-media-type.ts';
import type { RevocationLog } from '../../revocation/revocation-log.ts';
import type { CoreApp } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { problemOf } from '../problem-schema.ts';
import { INTERNAL_CLIENT_CREDENTIAL } from '../security-requirements.ts';
import { createRevocationStream } from './revocation-stream.ts';

const EVENT_STREAM = 'text/event-stream';
// It is said again as the id of events, which a line's end would cut in two.
const cursorSchema = z.string().max(64).regex(REVOCATION_CURSOR);

const batchSchema = z
  .strictObject({
    cursor: z.string().openapi({ description: 'Where to go on; good at every core on the same database.' }),
    has_more: z.boolean().optional().openapi({
      description:
        'True in a stream where this is a part of what there was at once, and not the last: until that has come, what was revoked is not known whole.',
    }),
    revocations: z
      .array(
        z.strictObject({
          kind: z.string().openapi({
            description: `${REVOCABLE_KINDS.map((kind) => `\`${kind}\``).join(', ')}; a newer core may tell of more.`,
            example: 'session',
          }),
          id: z.string(),
          revoked_at_ms: z.int().openapi({ description: 'Milliseconds since the Unix epoch.' }),
        }),
      )
      .readonly(),
  })
  .openapi('RevocationBatch');

const revocationsRoute = createRoute({
  method: 'get',
  path: '/internal/revocations',
  operationId: 'followRevocations',
  tags: ['Gateways'],
  security: INTERNAL_CLIENT_CREDENTIAL,
  summary: 'What was revoked since a cursor, at once or as a stream',
  description:
    'For gateways that run apart from the core. With `Accept: text/event-stream` the answer stays open: events `revocations`, each with a batch as its data and the cursor as its id; what is revoked comes at once, and an empty batch at least each second while the log can be read. Otherwise the answer is one batch. What is told twice means the same; what is too old to matter is not told. A cursor that is not of this log reads everything.',
  request: {
    query: z.strictObject({
      after: cursorSchema.optional().openapi({ description: 'The cursor to go on from; all without it.' }),
    }),
    headers: z.object({
      'last-event-id': cursorSchema.optional().openapi({
        description: 'As `after`, and before it: what clients of event streams send by themselves.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The batch, or the stream of batches.',
      content: {
        'application/json': { schema: batchSchema },
        [EVENT_STREAM]: { schema: z.string() },
      },
    },
    400: problemOf('The cursor is none.'),
    401: problemOf('The client credential is missing or wrong.'),
    503: problemOf('The log cannot be read right now, or the core is about to stop.'),
  },
});

/** What the route tells from. */
export interface RevocationsRouteOptions {
  readonly revocationLog: Pick<RevocationLog, 'read'>;
  readonly followRevocations: FollowRevocations;
  /** Aborted when the process begins to stop: streams end then, and none begins. */
  readonly stopping?: AbortSignal;
}

/** Adds `GET /internal/revocations`. Does NOT guard it: `/internal/*` stands behind the internal client's credential as a whole. */
export function addRevocationsRoute(app: CoreApp, options: RevocationsRouteOptions): void {
  const { revocationLog, followRevocations: follow, stopping } = options;

  app.openapi(revocationsRoute, async (c) => {
    const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after;
    const first = await revocationLog.read(after);
    if (!prefersMediaType(c.req.header('accept'), EVENT_STREAM, 'application/json'))
      return c.json(toRevocationBatchJson(first), 200);
    if (stopping?.aborted) return problemResponse(c, 'temporarily_unavailable');
    // Proxies in between would keep small events back until there are enough.
    const headers = { 'Content-Type': EVENT_STREAM, 'X-Accel-Buffering': 'no' };
    return c.body(createRevocationStream({ after, first, follow, ended: stopping }), 200, headers);
  });
}
