import { defineCommand } from 'citty';
import { readPrivateKeyPem } from '../../../adapters/node/private-key-pem.ts';
import { sealKeyPair } from '../../../core/keys/generate-signing-key.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { readInputFile } from '../read-bounded-text.ts';
import { withDatabase } from '../with-database.ts';
import { openCommandKeys } from './command-keys.ts';

// Far above any key that is taken: one of 8192 bits has 6 KB.
const FILE_BYTES_MAX = 64 * 1024;

/** `wardgate keys import --pem=FILE`: makes a private key from elsewhere a next key, and prints its id. */
export const importKeyCommand = defineCommand({
  meta: {
    name: 'import',
    description: 'Add a private key as a next key: RSA of 2048 bits at least, P-256 or Ed25519',
  },
  args: {
    pem: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'The PEM file; - for the standard input',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async (opened) => {
      const read = readPrivateKeyPem(await readInputFile(args.pem, FILE_BYTES_MAX));
      if (!read.ok) throw new CommandError(read.reason);
      const { administerKeys, box, algorithm } = await openCommandKeys(context, opened);
      const { publicJwk, privateJwk } = read.value;
      const pair = await sealKeyPair({ algorithm: read.value.algorithm, publicJwk, privateJwk }, box);
      if ((await administerKeys.add(opened.by, pair, 'imported')) === 'known')
        throw new CommandError('this key was there before; a key that is gone or revoked does not come back');
      if (read.value.algorithm !== algorithm)
        context.writeError(
          `Warning: the key is for ${read.value.algorithm}, and keys of signing.algorithm (${algorithm}) sign before it\n`,
        );
      context.writeOut(`${pair.id}\n`);
      return 0;
    });
  },
});
