import type { Context, MiddlewareHandler } from 'hono';
import { ADMIN_ROLE } from '../../../identity/role-name.ts';
import { withoutAbsent } from '../../../lib/without-absent.ts';
import type { ClientChange } from '../../clients/client-store.ts';
import type { ClientFault } from '../../clients/clients.ts';
import type { Machines } from '../../machines/create-machines.ts';
import { administratorOf } from '../administrator-of.ts';
import type { CoreApp, CoreEnv } from '../core-env.ts';
import { readMachineCursor, writeMachineCursor } from '../machines/machine-cursor-text.ts';
import { problemResponse } from '../problem-response.ts';
import { createRequireRole } from '../require-role.ts';
import {
  changeClientRoute,
  createClientRoute,
  deleteClientRoute,
  listClientsRoute,
  readClientRoute,
  rotateClientSecretRoute,
} from './client-definitions.ts';
import { toClientBody, toWantedClient } from './client-schema.ts';

/** Adds `/v1/clients…`: what administrators see of OAuth clients and do with them. */
export function addClientRoutes(
  app: CoreApp,
  options: { readonly machines: Machines; readonly requireCaller: MiddlewareHandler<CoreEnv> },
): void {
  const { machines, requireCaller } = options;
  const requireAdmin = createRequireRole(ADMIN_ROLE);
  app.on(['GET', 'POST'], '/v1/clients', requireCaller, requireAdmin);
  app.on(['GET', 'PATCH', 'DELETE'], '/v1/clients/:id', requireCaller, requireAdmin);
  app.on('POST', '/v1/clients/:id/secret', requireCaller, requireAdmin);
  addReadingRoutes(app, machines);
  addChangingRoutes(app, machines);
}

function addReadingRoutes(app: CoreApp, { clientStore }: Machines): void {
  app.openapi(listClientsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const { clients, next } = await clientStore.list({ limit, after: readMachineCursor(cursor) });
    const more = next && { nextCursor: writeMachineCursor(next) };
    return c.json({ clients: clients.map(toClientBody), ...more }, 200);
  });

  app.openapi(readClientRoute, async (c) => {
    const client = await clientStore.findById(c.req.valid('param').id);
    if (client === undefined) return problemResponse(c, 'not_found');
    return c.json({ client: toClientBody(client) }, 200);
  });
}

function addChangingRoutes(app: CoreApp, { clients }: Machines): void {
  app.openapi(createClientRoute, async (c) => {
    const created = await clients.create(toWantedClient(c.req.valid('json')), administratorOf(c));
    if (!created.ok) return problemResponse(c, 'invalid_request');
    const { client, secret } = created.value;
    return c.json({ client: toClientBody(client), ...(secret !== undefined && { secret }) }, 201);
  });

  app.openapi(changeClientRoute, async (c) => {
    const { jwks, ...rest } = c.req.valid('json');
    const change = withoutAbsent<ClientChange>({ ...rest, keys: jwks?.keys });
    const changed = await clients.change(c.req.valid('param').id, change, administratorOf(c));
    return changed.ok ? c.json({ client: toClientBody(changed.value) }, 200) : refuse(c, changed.reason);
  });

  app.openapi(rotateClientSecretRoute, async (c) => {
    const rotated = await clients.rotateSecret(c.req.valid('param').id, administratorOf(c));
    if (!rotated.ok) return refuse(c, rotated.reason);
    const { client, secret } = rotated.value;
    return c.json({ client: toClientBody(client), secret }, 200);
  });

  app.openapi(deleteClientRoute, async (c) => {
    const outcome = await clients.remove(c.req.valid('param').id, administratorOf(c));
    return outcome === 'removed' ? c.body(null, 204) : problemResponse(c, 'not_found');
  });
}

function refuse(c: Context<CoreEnv>, fault: ClientFault) {
  switch (fault) {
    case 'role_not_allowed':
    case 'keys_unacceptable':
      return problemResponse(c, 'invalid_request');
    case 'method_mismatch':
      return problemResponse(c, 'method_mismatch');
    case 'not_found':
      return problemResponse(c, 'not_found');
  }
}
