import { defineCommand } from 'citty';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';

/** `wardgate audit head`: prints the number and the hash of the newest event, to be kept elsewhere. Does NOT verify what stands before it. */
export const auditHeadCommand = defineCommand({
  meta: {
    name: 'head',
    description:
      'Print the number and the hash of the newest event, to be kept elsewhere for `audit verify --head`',
  },
  run({ data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores }) => {
      const { sequence, hash } = await stores.auditStore.readHead();
      context.writeOut(`${sequence} ${hash.toHex()}\n`);
      return 0;
    });
  },
});
