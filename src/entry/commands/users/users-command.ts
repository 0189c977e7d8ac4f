import { defineCommand } from 'citty';
import { disableUserCommand, enableUserCommand } from './change-user-access.ts';
import { createUserCommand } from './create-user.ts';
import { importUsersCommand } from './import-users.ts';
import { listUsersCommand } from './list-users.ts';

/** `wardgate users …` */
export const usersCommand = defineCommand({
  meta: { name: 'users', description: 'Create, import, list, disable and enable users' },
  subCommands: {
    create: createUserCommand,
    list: listUsersCommand,
    disable: disableUserCommand,
    enable: enableUserCommand,
    import: importUsersCommand,
  },
});
