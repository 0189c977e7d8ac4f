import { defineCommand } from 'citty';
import { toSigningKeyBody } from '../../../core/http/keys/signing-key-schema.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';
import { formatKeys, openCommandKeys } from './command-keys.ts';

/** `wardgate keys list`: prints all signing keys and what each is for. */
export const listKeysCommand = defineCommand({
  meta: { name: 'list', description: 'List the signing keys and what each is for' },
  args: { json: { type: 'boolean', description: 'A line of JSON for each key' } },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const { administerKeys } = await openCommandKeys(context, opened);
      const keys = await administerKeys.list();
      const lines = () => keys.map((key) => `${JSON.stringify(toSigningKeyBody(key))}\n`).join('');
      context.writeOut(args.json ? lines() : formatKeys(keys));
      return 0;
    });
  },
});
