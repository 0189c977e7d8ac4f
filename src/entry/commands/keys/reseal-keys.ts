import { defineCommand } from 'citty';
import { resealKeys } from '../../../core/keys/reseal-keys.ts';
import { createSecretBox } from '../../../core/keys/secret-box.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';

/** `wardgate keys reseal`: seals all keys anew with the first secret of WARDGATE_SECRET; ends with 1 when a key cannot be opened. */
export const resealKeysCommand = defineCommand({
  meta: {
    name: 'reseal',
    description:
      'Seal all keys anew with the first secret of WARDGATE_SECRET, so that the others can be dropped',
  },
  run({ data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores, audit, by, readSecrets }) => {
      const box = createSecretBox(await readSecrets());
      const { signingKeyStore: signing, refreshKeyStore: refresh } = stores;
      const { resealed, unchanged, unreadable } = await resealKeys({ signing, refresh, box, audit }, by);
      context.writeOut(`Sealed ${resealed} keys anew, ${unchanged} were sealed by the first secret before\n`);
      for (const id of unreadable)
        context.writeError(`${id} is opened by no secret of WARDGATE_SECRET: left as it is\n`);
      return unreadable.length === 0 ? 0 : 1;
    });
  },
});
