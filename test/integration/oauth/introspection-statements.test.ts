import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresApiKeyStore } from '../../../src/adapters/postgres/api-key-store-postgres.ts';
import { createPostgresClientStore } from '../../../src/adapters/postgres/client-store-postgres.ts';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { hashMachineSecret } from '../../../src/core/machines/hash-machine-secret.ts';
import { createApiKey } from '../../../src/identity/api-key.ts';
import { createClientSecret } from '../../../src/identity/client-secret.ts';
import { PASSWORD } from '../../support/core/core-app.ts';
import { basic, sendForm } from '../../support/oauth/client-requests.ts';
import { addUserOnPostgres, startCoreOnPostgres } from '../../support/postgres/core-on-postgres.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';

let tested: TestDatabase;
beforeAll(async () => {
  tested = await createTestDatabase();
});
afterAll(() => tested.drop());

/** The same database, which counts the statements that stores send. */
function countStatements(database: Database) {
  const counted = { statements: 0 };
  const counting: Database = {
    ...database,
    query(work) {
      counted.statements += 1;
      return database.query(work);
    },
  };
  return { counted, counting };
}

async function start() {
  const { counted, counting } = countStatements(tested.database);
  const clients = createPostgresClientStore(counting);
  const apiKeys = createPostgresApiKeyStore(counting);
  // It stands still: what is remembered for a second stays remembered, however long the test takes.
  const now = Date.now();
  const stores = { clientStore: clients, apiKeyStore: apiKeys };
  const core = await startCoreOnPostgres(counting, { ...stores, clock: () => now });
  const secret = createClientSecret();
  const secretHash = await hashMachineSecret(secret);
  const granted = { name: 'ward app', roles: ['exporter'], scopes: ['alerts:read'] };
  const { id } = await clients.create({
    ...granted,
    authenticationMethod: 'client_secret_basic',
    secretHash,
  });
  const key = createApiKey();
  const keyHash = await hashMachineSecret(key);
  const lasting = { createdBy: undefined, lifetimeSeconds: undefined };
  await apiKeys.create({ ...granted, ...lasting, keyHash, hint: key.slice(0, 8) });
  const credential = basic(id, secret);
  return {
    core,
    key,
    async issueClientToken(): Promise<string> {
      const answer = await sendForm(core, { grant_type: 'client_credentials' }, credential);
      return (await answer.json()).access_token;
    },
    /** How many statements a question takes whose caller was just confirmed. */
    async statementsOf(token: string): Promise<number> {
      const ask = async (asked: string) =>
        (await (await sendForm(core, { token: asked }, credential, '/oauth/introspect')).json()).active;
      expect(await ask('x')).toBe(false);
      const before = counted.statements;
      expect(await ask(token)).toBe(true);
      return counted.statements - before;
    },
  };
}

it('asks the database once about a token that it has not seen, and not at all about one that it has', async () => {
  const { core, key, issueClientToken, statementsOf } = await start();
  const { username: login } = await addUserOnPostgres(tested.database, 'asked');
  const body = { login, password: PASSWORD };
  const bearer = await (await core.send('POST', '/v1/auth/sessions', { body })).json();
  const browser = await core.send('POST', '/v1/auth/sessions', { body: { ...body, transport: 'cookie' } });
  const sessionToken = browser.headers.get('set-cookie')?.split(';')[0]?.split('=')[1] ?? '';
  const tokens = { bearer: bearer.accessToken, client: await issueClientToken(), sessionToken, key };
  const counts: Record<string, number[]> = {};
  for (const [kind, token] of Object.entries(tokens))
    counts[kind] = [await statementsOf(token), await statementsOf(token)];
  expect(counts).toEqual({ bearer: [1, 0], client: [1, 0], sessionToken: [1, 0], key: [1, 0] });
});
