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

const args = {
  user: { type: 'positional', required: true, description: 'The id, e-mail address or username' },
} as const;

/** `wardgate users disable USER`: disables a user, who cannot log in any more, and ends all its sessions. */
export const disableUserCommand = defineCommand({
  meta: { name: 'disable', description: 'Disable a user and end all its sessions' },
  args,
  run: ({ args: { user }, data }) => changeAccess(data, user, { disabled: true }),
});

/** `wardgate users enable USER`: lets a disabled user log in again. Does NOT bring back what ended when it was disabled. */
export const enableUserCommand = defineCommand({
  meta: { name: 'enable', description: 'Let a disabled user log in again; ended sessions stay ended' },
  args,
  run: ({ args: { user }, data }) => changeAccess(data, user, { disabled: false }),
});

function changeAccess(
  context: CommandContext,
  name: string,
  change: { readonly disabled: boolean },
): Promise<number> {
  const done = change.disabled ? 'disabled' : 'enabled';
  return withDatabase(context, async (opened) => {
    const user = await requireUser(opened, name);
    const administration = await createCommandAdministration(opened);
    const outcome = await administration.change(opened.by, user.id, change);
    if (!outcome.ok) throw new CommandError(`${user.id} was not ${done}: ${REASONS[outcome.reason.kind]}`);
    context.writeOut(`${user.id} is ${done}\n`);
    return 0;
  });
}
