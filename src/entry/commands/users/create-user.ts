import { defineCommand } from 'citty';
import { newUserSchema } from '../../../core/http/users/user-administration-schema.ts';
import { createCommandAdministration } from '../administration.ts';
import { CommandError } from '../command-error.ts';
import { type CommandContext, valuesOfOption } from '../command-line.ts';
import { optionFault } from '../option-fault.ts';
import { readPassword } from '../read-password.ts';
import { withDatabase } from '../with-database.ts';
import { describeCreationRefusal, expectedOf } from './user-description.ts';

// How the members of a user are called on the command line.
const OPTIONS: Readonly<Record<string, string>> = {
  displayName: 'display-name',
  roles: 'role',
  patientId: 'patient-id',
  doctorId: 'doctor-id',
};

/** `wardgate users create`: creates a user by the rules of `POST /v1/users`, and prints its id. */
export const createUserCommand = defineCommand({
  meta: {
    name: 'create',
    description: 'Create a user; the password is asked for, or read from standard input',
  },
  args: {
    email: { type: 'string', required: true, description: 'The e-mail address' },
    username: { type: 'string', required: true, description: 'The username' },
    'display-name': { type: 'string', description: 'How the user is shown' },
    role: { type: 'string', description: 'A role; several are separated by commas, or each has its --role' },
    'patient-id': { type: 'string', description: 'The patient record that the user is linked to' },
    'doctor-id': { type: 'string', description: 'The doctor record that the user is linked to' },
    'without-password': { type: 'boolean', description: 'The user cannot log in with a password' },
  },
  run({ args, rawArgs, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const user = describeUser({
        email: args.email,
        username: args.username,
        displayName: args['display-name'],
        roles: [...valuesOfOption(rawArgs, 'role')],
        patientId: args['patient-id'],
        doctorId: args['doctor-id'],
      });
      const password = args['without-password'] ? undefined : await readPassword();
      const { patientId, doctorId } = user;
      const administration = await createCommandAdministration(opened);
      const outcome = await administration.create(opened.by, { ...user, patientId, doctorId, password });
      if (!outcome.ok) throw new CommandError(describeCreationRefusal(outcome.reason));
      context.writeOut(`${outcome.value.id}\n`);
      return 0;
    });
  },
});

function describeUser(given: Readonly<Record<string, unknown>>) {
  const parsed = newUserSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const expected = (member: string) => `--${OPTIONS[member] ?? member}: expected ${expectedOf(member)}`;
  throw optionFault(parsed.error, expected);
}
