import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresRevocationLog } from '../../../src/adapters/postgres/revocation-log-postgres.ts';
import { createPostgresSigningKeyStore } from '../../../src/adapters/postgres/signing-key-store-postgres.ts';
import { KEYS_REREAD_SECONDS } from '../../../src/core/keys/key-times.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { systemTimer } from '../../../src/lib/system-timer.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';

it('withdraws a signing key at every core as soon as it is revoked, also by hand', async () => {
  const { url, database, drop } = await createTestDatabase();
  onTestFinished(drop);
  const start = async () => {
    const own = connectDatabase({ url, log: silentLog });
    onTestFinished(own.close);
    const { core } = await startCoreApp({
      signingKeyStore: createPostgresSigningKeyStore(own),
      revocationLog: createPostgresRevocationLog(own),
      clock: Date.now,
    });
    onTestFinished(core.startRounds(systemTimer));
    const withdrawn: string[] = [];
    core.onKeysWithdrawn((ids) => void withdrawn.push(...ids));
    return { core, withdrawn };
  };
  const cores = [await start(), await start()];
  const [key] = await database.sql`update signing_keys set revoked_at = now() returning id`;
  const withdrawn = () => cores.map((each) => each.withdrawn);
  // Far sooner than the keys are read again by themselves.
  const timeout = (KEYS_REREAD_SECONDS * 1000) / 4;
  await expect.poll(withdrawn, { timeout }).toEqual([[key?.id], [key?.id]]);
  for (const { core } of cores)
    expect((await core.keySet()).keys.map(({ kid }) => kid)).not.toContain(key?.id);
});
