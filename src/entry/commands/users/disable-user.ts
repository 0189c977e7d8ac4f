import { defineCommand } from 'citty';
import type { ChangeRefusal } from '../../../core/users/administer-users.ts';
import { createCommandAdministration, requireUser } from '../administration.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';

const REASONS: Readonly<Record<ChangeRefusal['kind'], string>> = {
  not_found: 'it is not there any more',
  last_admin: 'nobody else has the role admin',
  own_account: 'it is the caller itself',
  taken: 'something is taken',
};

/** `wardgate users disable USER`: disables a user, who cannot log in any more, and ends all its sessions. */
export const disableUserCommand = defineCommand({
  meta: { name: 'disable', description: 'Disable a user and end all its sessions' },
  args: {
    user: { type: 'positional', required: true, description: 'The id, e-mail address or username' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const user = await requireUser(opened, args.user);
      const administration = await createCommandAdministration(opened);
      const outcome = await administration.change(opened.by, user.id, { disabled: true });
      if (!outcome.ok) throw new CommandError(`${user.id} was not disabled: ${REASONS[outcome.reason.kind]}`);
      context.writeOut(`${user.id} is disabled\n`);
      return 0;
    });
  },
});
