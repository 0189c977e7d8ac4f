import { defineCommand } from 'citty';
import { createCommandAdministration, createCommandSessions, requireUser } from '../administration.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { type CommandDatabase, withDatabase } from '../with-database.ts';

/** `wardgate sessions revoke SESSION` and `wardgate sessions revoke --user USER`: end one session, or all of a user. */
export const revokeSessionsCommand = defineCommand({
  meta: { name: 'revoke', description: 'End a session, or all sessions of a user' },
  args: {
    session: { type: 'positional', required: false, description: 'The id of the session' },
    user: { type: 'string', description: 'The id, e-mail address or username whose sessions all end' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const { session, user } = args;
      if ((session === undefined) === (user === undefined))
        throw new CommandError('expected the id of a session, or --user, and not both');
      const ended = user === undefined ? await endOne(opened, session ?? '') : await endAll(opened, user);
      context.writeOut(`${ended}\n`);
      return 0;
    });
  },
});

async function endOne(opened: CommandDatabase, sessionId: string): Promise<string> {
  if ((await createCommandSessions(opened).end(opened.by, sessionId)) === 'not_found')
    throw new CommandError(`there is no active session ${JSON.stringify(sessionId)}`);
  return `${sessionId} has ended`;
}

async function endAll(opened: CommandDatabase, name: string): Promise<string> {
  const user = await requireUser(opened, name);
  const administration = await createCommandAdministration(opened);
  const outcome = await administration.endSessions(opened.by, user.id);
  if (!outcome.ok) throw new CommandError(`there is no user ${JSON.stringify(name)}`);
  return `all sessions of ${user.id} have ended`;
}
