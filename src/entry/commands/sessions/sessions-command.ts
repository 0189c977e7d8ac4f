import { defineCommand } from 'citty';
import { listSessionsCommand } from './list-sessions.ts';
import { revokeSessionsCommand } from './revoke-sessions.ts';

/** `wardgate sessions …` */
export const sessionsCommand = defineCommand({
  meta: { name: 'sessions', description: 'List and end sessions' },
  subCommands: { list: listSessionsCommand, revoke: revokeSessionsCommand },
});
