import { defineCommand } from 'citty';
import { toAdministeredUserBody } from '../../../core/http/users/user-administration-schema.ts';
import type { User, UserCursor, UserStore } from '../../../core/users/user-store.ts';
import type { CommandContext } from '../command-line.ts';
import { formatTable } from '../command-table.ts';
import { withDatabase } from '../with-database.ts';

const PAGE_SIZE = 500;
const COLUMNS = ['ID', 'EMAIL', 'USERNAME', 'ROLES', 'PATIENT', 'DOCTOR', 'STATE', 'CREATED'];

/** `wardgate users list`: prints all users, or those that are searched for, oldest first. */
export const listUsersCommand = defineCommand({
  meta: { name: 'list', description: 'List users, oldest first' },
  args: {
    search: { type: 'string', description: 'Part of an address or a name, or a whole id or link' },
    role: { type: 'string', description: 'Only users who have this role' },
    json: { type: 'boolean', description: 'A line of JSON for each user, as the administration answers it' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores }) => {
      let isFirst = true;
      for await (const page of pagesOf(stores.users, args.search, args.role)) {
        context.writeOut(args.json ? page.map(toLine).join('') : tableOf(page, isFirst));
        isFirst = false;
      }
      return 0;
    });
  },
});

/** Page by page, so that a million users need no more memory than one page. */
async function* pagesOf(users: UserStore, search: string | undefined, role: string | undefined) {
  let after: UserCursor | undefined;
  do {
    const page = await users.list({ search, role, after, limit: PAGE_SIZE });
    yield page.users;
    after = page.next;
  } while (after !== undefined);
}

function toLine(user: User): string {
  return `${JSON.stringify(toAdministeredUserBody(user))}\n`;
}

function tableOf(users: readonly User[], isFirst: boolean): string {
  const table = formatTable(COLUMNS, users.map(toCells));
  return isFirst ? table : table.slice(table.indexOf('\n') + 1);
}

function toCells(user: User): readonly string[] {
  const state = user.disabledAt === undefined ? 'active' : 'disabled';
  const links = [user.patientId ?? '-', user.doctorId ?? '-'];
  const roles = user.roles.join(',') || '-';
  return [user.id, user.email, user.username, roles, ...links, state, user.createdAt.toISOString()];
}
