import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresRefreshKeyStore } from '../../../src/adapters/postgres/refresh-key-store-postgres.ts';
import { createPostgresSigningKeyStore } from '../../../src/adapters/postgres/signing-key-store-postgres.ts';
import type { KeyChange } from '../../../src/core/keys/signing-key-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';
import { openSeveredLink } from '../../support/servers/severed-link.ts';

const unavailable = { name: 'UnavailableError', dependency: 'database' };

function newChange(): KeyChange {
  const publicJwk = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AA' });
  const key = { id: createId('key'), algorithm: 'EdDSA', publicJwk, sealedPrivateJwk: 'sealed:AA' };
  return { add: { ...key, signsFrom: new Date(), notedPhase: 'signing' }, times: [] };
}

/** Stores on a database that goes away when the test cuts the link to it. */
async function createStores() {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const direct = new URL(url);
  const link = await openSeveredLink(direct.hostname, Number(direct.port));
  onTestFinished(link.close);
  const database = connectDatabase({
    url: Object.assign(direct, { hostname: '127.0.0.1', port: String(link.port) }).href,
    log: silentLog,
    poolMax: 2,
  });
  onTestFinished(database.close);
  return {
    link,
    signingKeys: createPostgresSigningKeyStore(database),
    refreshKeys: createPostgresRefreshKeyStore(database),
  };
}

it('throws UnavailableError where the server goes away while a change of keys is decided, and changes them afterwards', async () => {
  const { link, signingKeys } = await createStores();
  const change = signingKeys.change(async () => {
    await link.cut();
    return newChange();
  });
  await expect(change).rejects.toMatchObject(unavailable);
  await link.mend();
  expect((await signingKeys.list()).keys).toEqual([]);
  expect((await signingKeys.change(newChange)).keys).toHaveLength(1);
});

it('throws UnavailableError where the server goes away while the first refresh key is made, and makes it afterwards', async () => {
  const { link, refreshKeys } = await createStores();
  const make = async () => ({ id: createId('refresh_key'), sealedKey: 'v1.AA' });
  const adding = refreshKeys.addFirst(async () => {
    await link.cut();
    return make();
  });
  await expect(adding).rejects.toMatchObject(unavailable);
  await link.mend();
  expect(await refreshKeys.addFirst(make)).toHaveLength(1);
});
