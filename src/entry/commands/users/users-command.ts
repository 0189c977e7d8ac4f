import { defineCommand } from 'citty';
import { createUserCommand } from './create-user.ts';
import { disableUserCommand } from './disable-user.ts';
import { importUsersCommand } from './import-users.ts';
import { listUsersCommand } from './list-users.ts';

/** `wardgate users …` */
export const usersCommand = defineCommand({
  meta: { name: 'users', description: 'Create, import, list and disable users' },
  subCommands: {
    create: createUserCommand,
    list: listUsersCommand,
    disable: disableUserCommand,
    import: importUsersCommand,
  },
});
