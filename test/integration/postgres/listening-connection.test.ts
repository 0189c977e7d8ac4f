import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { type MortalPostgres, startMortalPostgres } from '../../support/postgres/mortal-postgres.ts';

const CHANNEL = 'wardgate_test';
const TILL_BACK = { interval: 20 };

let server: MortalPostgres;
let database: Database;
beforeAll(async () => {
  server = await startMortalPostgres();
  database = connectDatabase({ url: server.url, log: silentLog });
});
afterAll(async () => {
  await database.close();
  await server.discard();
});

/** Listens, and counts what it hears. */
function listen() {
  const heard = { begun: 0, notified: 0 };
  const stop = database.listen({
    channel: CHANNEL,
    begun: () => {
      heard.begun += 1;
    },
    notified: () => {
      heard.notified += 1;
    },
  });
  return { heard, stop };
}

/** Notifies until it was heard. */
async function expectHeard(heard: { readonly notified: number }): Promise<void> {
  const before = heard.notified;
  const notify = async () => {
    await database.sql`select pg_notify(${CHANNEL}, '')`.catch(() => {});
    return heard.notified;
  };
  await expect.poll(notify, TILL_BACK).toBeGreaterThan(before);
}

const backends = async () =>
  (await database.sql`select pid from pg_stat_activity where application_name = 'wardgate-listener'`).length;

it('hears again after the server was stopped, killed, or broke the connection, and tells that it began again', async () => {
  const { heard, stop } = listen();
  await expectHeard(heard);
  expect(heard.begun).toBe(1);

  await server.stop();
  await server.restart();
  await expect.poll(() => heard.begun, TILL_BACK).toBe(2);
  await expectHeard(heard);

  await server.kill();
  await server.restart();
  await expect.poll(() => heard.begun, TILL_BACK).toBe(3);
  await expectHeard(heard);

  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wardgate-listener'`;
  await expect.poll(() => heard.begun, TILL_BACK).toBe(4);
  await expectHeard(heard);
  expect(await backends()).toBe(1);
  await stop();
  await expect.poll(backends, TILL_BACK).toBe(0);
});

it('comes to listen at a server that was away from the start, and lets itself be stopped while it is away', async () => {
  await server.stop();
  const { heard, stop } = listen();
  const stopped = listen();
  await stopped.stop();
  await server.restart();
  await expectHeard(heard);
  expect(stopped.heard).toEqual({ begun: 0, notified: 0 });
  await stop();
  await expect.poll(backends, TILL_BACK).toBe(0);
});
