import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { equalSecrets } from '../../../lib/equal-secrets.ts';
import { parseBasicCredential } from '../../../oauth/basic-credential.ts';
import type { CoreEnv } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';

/** The credential of the gateways that run apart from the core. */
export interface InternalClient {
  readonly id: string;
  readonly secret: string;
}

/**
 * Creates the middleware in front of `/internal/*`: HTTP Basic with the one configured client.
 * @see RFC 7617 (HTTP Basic)
 */
export function createRequireInternalClient(client: InternalClient): MiddlewareHandler<CoreEnv> {
  return createMiddleware<CoreEnv>(async (c, next) => {
    const presented = parseBasicCredential(c.req.header('authorization') ?? '');
    if (presented === undefined) return problemResponse(c, 'invalid_client');
    // Both are compared whatever the first says, so that the time does not tell which was wrong.
    const [idFits, secretFits] = await Promise.all([
      equalSecrets(presented.userId, client.id),
      equalSecrets(presented.password, client.secret),
    ]);
    return idFits && secretFits ? next() : problemResponse(c, 'invalid_client');
  });
}
