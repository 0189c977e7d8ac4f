import { createArgon2Hasher } from '../../adapters/node/argon2-hasher.ts';
import { loadCommonPasswords } from '../../adapters/node/common-passwords.ts';
import { createPasswordPolicy } from '../../core/passwords/password-policy.ts';
import {
  type AdministerSessions,
  createAdministerSessions,
} from '../../core/sessions/administer-sessions.ts';
import { createEndSession, type EndSession } from '../../core/sessions/end-session.ts';
import { createSessionEndings } from '../../core/sessions/session-endings.ts';
import { type AdministerUsers, createAdministerUsers } from '../../core/users/administer-users.ts';
import type { User } from '../../core/users/user-store.ts';
import { isId } from '../../identity/ids.ts';
import { CommandError } from './command-error.ts';
import type { CommandDatabase } from './with-database.ts';

/** Creates the end of sessions for a command. Processes that serve learn of it from the database. */
function createCommandEndSession({ stores, audit, log }: CommandDatabase): EndSession {
  return createEndSession({ sessions: stores.sessions, endings: createSessionEndings(log), audit });
}

/** Creates the administration of sessions for a command. */
export function createCommandSessions(opened: CommandDatabase): AdministerSessions {
  const { stores, audit } = opened;
  const endSession = createCommandEndSession(opened);
  return createAdministerSessions({ sessions: stores.sessions, endSession, audit });
}

/** Creates the administration of users for a command, by the same rules as over HTTP. */
export async function createCommandAdministration(opened: CommandDatabase): Promise<AdministerUsers> {
  return createAdministerUsers({
    users: opened.stores.users,
    endSession: createCommandEndSession(opened),
    hasher: createArgon2Hasher(),
    passwordPolicy: createPasswordPolicy({ isCommon: await loadCommonPasswords() }),
    audit: opened.audit,
  });
}

/** Finds the user whom an argument names: by id, e-mail address or username. Throws CommandError when there is none. */
export async function requireUser({ stores }: CommandDatabase, name: string): Promise<User> {
  const { users } = stores;
  const user = isId('user', name) ? await users.findById(name) : await users.findByLogin(name);
  if (user === undefined) throw new CommandError(`there is no user ${JSON.stringify(name)}`);
  return user;
}
