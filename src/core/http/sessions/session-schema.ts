import { z } from '@hono/zod-openapi';
import { describeDevice } from '../../sessions/describe-device.ts';
import type { Session } from '../../sessions/session-store.ts';
import { idSchema } from '../id-schema.ts';

/** A session as its user may see it: no token and no hash. */
export const sessionSchema = z
  .strictObject({
    id: idSchema('session'),
    transport: z.enum(['bearer', 'cookie', 'token_cookies']),
    clientId: idSchema('client').optional().openapi({
      description: 'The OAuth client that logged the user in and holds the session; absent for our own.',
    }),
    amr: z.array(z.string()).openapi({
      description: 'How the user was authenticated (RFC 8176).',
      example: ['pwd'],
    }),
    acr: z.string().openapi({ description: 'How far that goes.', example: 'aal1' }),
    current: z.boolean().openapi({ description: 'Whether it is the session of this very request.' }),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().openapi({
      description:
        'The last use, to the minute; of a session that lives by refresh tokens, the last refresh.',
    }),
    expiresAt: z.iso.datetime().openapi({ description: 'The absolute limit.' }),
    clientAddress: z.string().optional(),
    userAgent: z.string().optional(),
    device: z.string().optional().openapi({
      description: 'The browser and the system in words, by the user agent, where they are known.',
      example: 'Firefox on Windows',
    }),
  })
  .openapi('Session');

/** Writes a session for the wire. */
export function toSessionBody(session: Session, currentSessionId: string): z.infer<typeof sessionSchema> {
  const device = describeDevice(session.userAgent);
  return {
    id: session.id,
    transport: session.transport,
    amr: [...session.amr],
    acr: session.acr,
    current: session.id === currentSessionId,
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    ...(session.clientId !== undefined && { clientId: session.clientId }),
    ...(session.clientAddress !== undefined && { clientAddress: session.clientAddress }),
    ...(session.userAgent !== undefined && { userAgent: session.userAgent }),
    ...(device !== undefined && { device }),
  };
}
