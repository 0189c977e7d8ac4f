import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresSigningKeyStore } from '../../../src/adapters/postgres/signing-key-store-postgres.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';

const database = connectDatabase({ url: process.env.TEST_URL ?? '', log: silentLog });
const { keys } = await createPostgresSigningKeyStore(database).change(async ({ now, keys: standing }) =>
  standing.length > 0
    ? undefined
    : {
        add: {
          id: createId('key'),
          algorithm: 'ES256',
          publicJwk: '{"kty":"EC"}',
          sealedPrivateJwk: 'sealed',
          signsFrom: now,
          notedPhase: 'signing' as const,
        },
        times: [],
      },
);
process.stdout.write(`${keys.map(({ id }) => id).join(',')}\n`);
await database.close();
