import { defineCommand } from 'citty';
import { writePrivateKeyPem, writePublicKeyPem } from '../../../adapters/node/private-key-pem.ts';
import { sealPurpose } from '../../../core/keys/generate-signing-key.ts';
import { isPublished } from '../../../core/keys/key-times.ts';
import { publicJwkOf } from '../../../core/keys/public-key-set.ts';
import { createSecretBox, SealedTextError } from '../../../core/keys/secret-box.ts';
import type { StoredSigningKey } from '../../../core/keys/signing-key-store.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { type CommandDatabase, withDatabase } from '../with-database.ts';

/** `wardgate keys export …`: prints the key set, or one key; its private part only where that is asked for by name. */
export const exportKeyCommand = defineCommand({
  meta: { name: 'export', description: 'Print the key set, or one key' },
  args: {
    key: { type: 'positional', required: false, description: 'The id of the key, for --jwk and --pem' },
    jwks: { type: 'boolean', description: 'The key set as it is published (RFC 7517)' },
    jwk: { type: 'boolean', description: 'The public key as a JWK' },
    pem: { type: 'boolean', description: 'The public key as PEM' },
    private: {
      type: 'boolean',
      description: 'With --pem: the private key instead. Whoever has it can sign in our name',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    const forms = (['jwks', 'jwk', 'pem'] as const).filter((form) => args[form] === true);
    return withDatabase(context, async (opened) => {
      const [form, ...others] = forms;
      if (form === undefined || others.length > 0)
        throw new CommandError('expected one of --jwks, --jwk and --pem');
      if (args.private && form !== 'pem') throw new CommandError('--private goes with --pem alone');
      if ((args.key === undefined) !== (form === 'jwks'))
        throw new CommandError('expected the id of a key for --jwk and --pem, and none for --jwks');
      if (form === 'jwks') context.writeOut(await exportKeySet(opened));
      else if (args.private) context.writeOut(await exportPrivate(opened, args.key ?? '', context));
      else context.writeOut(exportPublic(await requireKey(opened, args.key ?? ''), form));
      return 0;
    });
  },
});

async function exportKeySet({ stores }: CommandDatabase): Promise<string> {
  const { keys, now } = await stores.signingKeyStore.list();
  const shown = keys.filter((key) => isPublished(key, now)).flatMap((key) => publicJwkOf(key) ?? []);
  return `${JSON.stringify({ keys: shown }, null, 2)}\n`;
}

async function requireKey({ stores }: CommandDatabase, id: string): Promise<StoredSigningKey> {
  const key = (await stores.signingKeyStore.list()).keys.find((each) => each.id === id);
  if (key === undefined) throw new CommandError(`there is no key ${JSON.stringify(id)}`);
  return key;
}

function exportPublic(key: StoredSigningKey, form: 'jwk' | 'pem'): string {
  const jwk = publicJwkOf(key);
  if (jwk === undefined) throw new CommandError(`the stored public key of ${key.id} cannot be read`);
  return form === 'jwk' ? `${JSON.stringify(jwk, null, 2)}\n` : writePublicKeyPem(jwk);
}

async function exportPrivate(
  opened: CommandDatabase,
  id: string,
  { writeError }: CommandContext,
): Promise<string> {
  const { sealedPrivateJwk } = await requireKey(opened, id);
  const pem = writePrivateKeyPem(JSON.parse(await unseal(opened, id, sealedPrivateJwk)));
  const target = { kind: 'signing_key', id } as const;
  opened.audit.record({ type: 'signing_key.exported', outcome: 'success', ...opened.by, target });
  writeError(
    'Warning: this is the private key. Whoever has it can sign tokens in the name of this Wardgate.\n',
  );
  return pem;
}

async function unseal({ readSecrets }: CommandDatabase, id: string, sealed: string): Promise<string> {
  try {
    return await createSecretBox(await readSecrets()).unseal(sealed, sealPurpose(id));
  } catch (error) {
    if (error instanceof SealedTextError) throw new CommandError(error.message);
    throw error;
  }
}
