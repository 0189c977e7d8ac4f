import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { createPostgresRevocationLog } from '../../../src/adapters/postgres/revocation-log-postgres.ts';
import { createFollowRevocations } from '../../../src/core/revocation/follow-revocations.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { systemTimer } from '../../../src/lib/system-timer.ts';
import { type MortalPostgres, startMortalPostgres } from '../../support/postgres/mortal-postgres.ts';

let server: MortalPostgres;
let database: Database;
beforeAll(async () => {
  server = await startMortalPostgres();
  await migrate({ url: server.url, log: silentLog });
  database = connectDatabase({ url: server.url, log: silentLog });
});
afterAll(async () => {
  await database.close();
  await server.discard();
});

/** Follows the log as a core does, and counts how often it heard of each id, and its beats. */
function follow() {
  const revocationLog = createPostgresRevocationLog(database);
  const following = createFollowRevocations({ revocationLog, clock: Date.now, log: silentLog });
  const heard = new Map<string, number>();
  const counts = { batches: 0 };
  onTestFinished(following.start(systemTimer));
  const stop = following.follow(undefined, ({ revocations }) => {
    counts.batches += 1;
    for (const { id } of revocations) heard.set(id, (heard.get(id) ?? 0) + 1);
  });
  onTestFinished(stop);
  const beats = async (count: number) => {
    const { batches } = counts;
    await expect.poll(() => counts.batches).toBeGreaterThan(batches + count);
  };
  return { heard, counts, beats, revocationLog };
}

const revoke = async () => {
  const id = createId('token');
  await database.sql`insert into revocations (kind, subject_id) values ('token', ${id})`;
  return id;
};

it('tells each row once while a transaction is held open, and the row of that transaction when it commits', async () => {
  const { heard, beats } = follow();
  const holder = await database.sql.reserve();
  onTestFinished(() => holder.release());
  const held = createId('token');
  await holder`begin`;
  await holder`insert into revocations (kind, subject_id) values ('token', ${held})`;
  const id = await revoke();
  await expect.poll(() => heard.get(id)).toBe(1);
  await beats(2);
  expect([heard.get(id), heard.has(held)]).toEqual([1, false]);
  await holder`commit`;
  await expect.poll(() => heard.get(held)).toBe(1);
  await beats(1);
  expect([heard.get(id), heard.get(held)]).toEqual([1, 1]);
});

it('is silent while the server is away, and then tells what was revoked since', async () => {
  const { heard, counts, beats, revocationLog } = follow();
  await beats(1);
  await server.kill();
  await expect(revocationLog.read(undefined)).rejects.toMatchObject({ dependency: 'database' });
  const { batches } = counts;
  await expect(revocationLog.read(undefined)).rejects.toMatchObject({ dependency: 'database' });
  expect(counts.batches).toBe(batches);
  await server.restart();
  let id = '';
  const revoked = async () => {
    id = await revoke().catch(() => '');
    return id;
  };
  await expect.poll(revoked).not.toBe('');
  await expect.poll(() => heard.get(id)).toBeGreaterThanOrEqual(1);
  await beats(1);
});
