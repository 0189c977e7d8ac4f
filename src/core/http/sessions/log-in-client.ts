import type { Context } from 'hono';
import { ok, type Result, refused } from '../../../lib/result.ts';
import { readClientCredential } from '../../../oauth/client-credential.ts';
import type { AuthenticateClient } from '../../clients/authenticate-client.ts';
import type { Client } from '../../clients/client-store.ts';
import type { SessionTransport } from '../../sessions/session-store.ts';
import type { CoreEnv } from '../core-env.ts';

const NO_FORM: ReadonlyMap<string, string> = new Map();

/**
 * Finds the OAuth client through which a user logs in: the one whose credential the request carries as HTTP Basic, or none. Another scheme is no client's,
 * and counts for nothing here, as programs send the token that they still have. A client takes tokens in the body, so that for cookies it is a mistake.
 * Throws UnavailableError.
 */
export async function findLogInClient(
  c: Context<CoreEnv>,
  transport: SessionTransport,
  authenticateClient: AuthenticateClient,
): Promise<Result<Client | undefined, 'invalid_request' | 'invalid_credentials'>> {
  const authorization = c.req.header('authorization');
  if (authorization === undefined || !/^Basic(?: |$)/i.test(authorization)) return ok(undefined);
  if (transport !== 'bearer') return refused('invalid_request');
  const credential = readClientCredential(authorization, NO_FORM);
  if (!credential.ok) return refused('invalid_credentials');
  const { requestId, clientAddress } = c.env;
  const client = await authenticateClient(credential.value, { requestId, clientAddress });
  return client.ok ? client : refused('invalid_credentials');
}
