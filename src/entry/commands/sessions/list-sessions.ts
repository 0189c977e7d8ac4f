import { defineCommand } from 'citty';
import { toSessionBody } from '../../../core/http/sessions/session-schema.ts';
import type { Session } from '../../../core/sessions/session-store.ts';
import { createCommandSessions, requireUser } from '../administration.ts';
import type { CommandContext } from '../command-line.ts';
import { formatTable } from '../command-table.ts';
import { withDatabase } from '../with-database.ts';

const COLUMNS = ['ID', 'TRANSPORT', 'CLIENT', 'CREATED', 'LAST SEEN', 'EXPIRES', 'ADDRESS', 'USER AGENT'];

/** `wardgate sessions list USER`: prints the active sessions of a user. */
export const listSessionsCommand = defineCommand({
  meta: { name: 'list', description: 'List the active sessions of a user' },
  args: {
    user: { type: 'positional', required: true, description: 'The id, e-mail address or username' },
    json: { type: 'boolean', description: 'A line of JSON for each session' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const user = await requireUser(opened, args.user);
      const sessions = await createCommandSessions(opened).list(user.id);
      context.writeOut(
        args.json ? sessions.map(toLine).join('') : formatTable(COLUMNS, sessions.map(toCells)),
      );
      return 0;
    });
  },
});

function toLine(session: Session): string {
  // No session is the command line's own.
  const { current: _, ...body } = toSessionBody(session, '');
  return `${JSON.stringify({ ...body, userId: session.userId })}\n`;
}

function toCells(session: Session): readonly string[] {
  const times = [session.createdAt, session.lastSeenAt, session.expiresAt].map((at) => at.toISOString());
  const { id, transport, clientId, clientAddress, userAgent } = session;
  return [id, transport, clientId ?? '-', ...times, clientAddress ?? '-', userAgent ?? '-'];
}
