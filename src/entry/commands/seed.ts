import { defineCommand } from 'citty';
import { DEMO_PASSWORD, seedDemoUsers } from '../demo/demo-users.ts';
import { createCommandAdministration } from './administration.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './command-line.ts';
import { withDatabase } from './with-database.ts';

const NOBODY_CREATED = 'Nobody was created, and no password was changed';

/** `wardgate seed`: creates the users of the demo that are not there yet, and touches nothing else. Refuses production, as their password is public. */
export const seedCommand = defineCommand({
  meta: { name: 'seed', description: 'Create the users of the demo that are not there yet' },
  run({ data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      if (context.env.NODE_ENV === 'production')
        throw new CommandError('seed is not for production: its users have a public password');
      const administration = await createCommandAdministration(opened);
      const seeded = await seedDemoUsers(administration, opened.stores.users, opened.by);
      for (const { email, outcome } of seeded) context.writeOut(`${email}: ${outcome}\n`);
      const created = seeded.filter(({ outcome }) => outcome === 'created').length;
      // Whoever was there may have another password.
      const password = created === 0 ? NOBODY_CREATED : `Password of the created: ${DEMO_PASSWORD}`;
      context.writeOut(`${password}\n`);
      return 0;
    });
  },
});
