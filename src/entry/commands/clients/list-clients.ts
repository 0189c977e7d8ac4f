import { defineCommand } from 'citty';
import type { Client, ClientStore } from '../../../core/clients/client-store.ts';
import { toClientBody } from '../../../core/http/clients/client-schema.ts';
import type { MachineCursor } from '../../../core/machines/machine-cursor.ts';
import type { CommandContext } from '../command-line.ts';
import { formatTable } from '../command-table.ts';
import { withDatabase } from '../with-database.ts';

const PAGE_SIZE = 500;
const COLUMNS = [
  'ID',
  'NAME',
  'METHOD',
  'ROLES',
  'SCOPES',
  'AUDIENCE',
  'MAY CALL',
  'STATE',
  'LAST USED',
  'CREATED',
];

/** `wardgate clients list`: prints all OAuth clients, oldest first. */
export const listClientsCommand = defineCommand({
  meta: { name: 'list', description: 'List OAuth clients, oldest first' },
  args: {
    json: {
      type: 'boolean',
      description: 'A line of JSON for each client, as the administration answers it',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores }) => {
      const clients = await listAll(stores.clientStore);
      context.writeOut(args.json ? clients.map(toLine).join('') : formatTable(COLUMNS, clients.map(toCells)));
      return 0;
    });
  },
});

async function listAll(store: ClientStore): Promise<readonly Client[]> {
  const all: Client[] = [];
  let after: MachineCursor | undefined;
  do {
    const page = await store.list({ after, limit: PAGE_SIZE });
    all.push(...page.clients);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function toLine(client: Client): string {
  return `${JSON.stringify(toClientBody(client))}\n`;
}

function toCells(client: Client): readonly string[] {
  const { id, name, authenticationMethod, roles, scopes, disabledAt, lastUsedAt, createdAt } = client;
  const audiences = [client.audience ?? '-', client.audiences.join(' ') || '-'];
  const grants = [roles.join(',') || '-', scopes.join(' ') || '-'];
  const state = disabledAt === undefined ? 'active' : 'disabled';
  const times = [lastUsedAt?.toISOString() ?? '-', createdAt.toISOString()];
  return [id, name, authenticationMethod, ...grants, ...audiences, state, ...times];
}
