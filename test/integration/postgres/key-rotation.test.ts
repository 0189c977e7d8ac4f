import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresSigningKeyStore } from '../../../src/adapters/postgres/signing-key-store-postgres.ts';
import { MINUTE_SECONDS } from '../../../src/lib/durations.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { type CoreUnderTest, startCoreApp } from '../../support/core/core-app.ts';
import { createManualClock } from '../../support/memory-stores/memory-stores.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';
import { createManualTimer } from '../../support/time/manual-timer.ts';

/** Cores on one database, whose rounds begin at the same time. */
async function startCores(count: number) {
  const { url, database, drop } = await createTestDatabase();
  onTestFinished(drop);
  const timer = createManualTimer(createManualClock());
  const cores: CoreUnderTest[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = connectDatabase({ url, log: silentLog });
    onTestFinished(own.close);
    const started = await startCoreApp({
      signingKeyStore: createPostgresSigningKeyStore(own),
      clock: Date.now,
    });
    const stop = started.core.startRounds(timer.timer);
    onTestFinished(stop);
    cores.push(started);
  }
  const age = (seconds: number) => database.sql`update signing_keys set
    created_at = created_at - make_interval(secs => ${seconds}),
    signs_from = signs_from - make_interval(secs => ${seconds}),
    published_until = published_until - make_interval(secs => ${seconds})`;
  const happened = () =>
    cores.flatMap(({ recorded }) => recorded.map(({ type }) => type).filter((type) => /key/.test(type)));
  const shown = () =>
    Promise.all(cores.map(async ({ core }) => (await core.keySet()).keys.map(({ kid }) => kid)));
  return { timer, age, happened, shown, stored: () => database.sql`select id from signing_keys` };
}

it('rotates once, and tells each step once, for cores that look at the same time', async () => {
  const { timer, age, happened, shown, stored } = await startCores(4);
  expect(await stored()).toHaveLength(1);
  await age(90 * 24 * 60 * MINUTE_SECONDS);
  await timer.advanceSeconds(MINUTE_SECONDS);
  expect(await stored()).toHaveLength(2);
  for (const keys of await shown()) expect(keys).toHaveLength(2);
  expect(happened()).toEqual(['signing_key.generated']);

  await age(8 * MINUTE_SECONDS);
  await timer.advanceSeconds(MINUTE_SECONDS);
  await age(25 * MINUTE_SECONDS);
  await timer.advanceSeconds(MINUTE_SECONDS);
  for (const keys of await shown()) expect(keys).toHaveLength(1);
  expect(happened().toSorted()).toEqual(['signing_key.generated', 'signing_key.gone', 'signing_key.rotated']);
});
