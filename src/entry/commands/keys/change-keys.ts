import { defineCommand } from 'citty';
import { ISSUED_ALGORITHMS } from '../../../config/core-settings-schema.ts';
import { generateSigningKey, type SigningAlgorithm } from '../../../core/keys/generate-signing-key.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';
import { formatKeys, openCommandKeys, warnOfForeignSecret } from './command-keys.ts';

/** `wardgate keys generate`: adds a next key, also where there is one, and prints its id. */
export const generateKeyCommand = defineCommand({
  meta: { name: 'generate', description: 'Add a next key, which is published before it signs' },
  args: {
    algorithm: {
      type: 'enum',
      options: [...ISSUED_ALGORITHMS],
      description: 'Otherwise signing.algorithm of the policy file, which keys that sign are preferred by',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const { administerKeys, box, algorithm } = await openCommandKeys(context, opened);
      await warnOfForeignSecret(context, opened, box);
      const pair = await generateSigningKey(
        (args.algorithm as SigningAlgorithm | undefined) ?? algorithm,
        box,
      );
      await administerKeys.add(opened.by, pair, 'generated');
      context.writeOut(`${pair.id}\n`);
      return 0;
    });
  },
});

/** `wardgate keys rotate`: makes a next key where there is none yet, or lets a key sign at once. */
export const rotateKeysCommand = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Make a next key where there is none yet; it signs seven minutes later',
  },
  args: {
    immediately: {
      type: 'boolean',
      description:
        'Let the next or a new key sign at once; verifiers that have not seen it refuse its tokens until they fetch the key set',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const { administerKeys, box } = await openCommandKeys(context, opened);
      await warnOfForeignSecret(context, opened, box);
      context.writeOut(formatKeys(await administerKeys.rotate(opened.by, args.immediately === true)));
      return 0;
    });
  },
});

/** `wardgate keys revoke KEY`: withdraws a key for good. */
export const revokeKeyCommand = defineCommand({
  meta: { name: 'revoke', description: 'Withdraw a key for good: what it signed is good no more' },
  args: { key: { type: 'positional', required: true, description: 'The id of the key' } },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const { administerKeys } = await openCommandKeys(context, opened);
      if ((await administerKeys.revoke(opened.by, args.key)) === 'not_found')
        throw new CommandError(`there is no key ${JSON.stringify(args.key)} that is not revoked already`);
      context.writeOut(
        `${args.key} is revoked; processes that serve refuse what it signed within a second\n`,
      );
      return 0;
    });
  },
});
