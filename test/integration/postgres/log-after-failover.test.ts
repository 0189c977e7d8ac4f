import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresRevocationLog } from '../../../src/adapters/postgres/revocation-log-postgres.ts';
import type { RevocationLog } from '../../../src/core/revocation/revocation-log.ts';
import { createId } from '../../../src/identity/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';

let test: TestDatabase;
let log: RevocationLog;
beforeAll(async () => {
  test = await createTestDatabase();
  log = createPostgresRevocationLog(test.database);
});
afterAll(() => test.drop());

/** Revokes a token in a transaction of that number, as a server does that begins with lower numbers than the one before it had come to. */
async function revokeIn(transactionId: string): Promise<string> {
  const id = createId('token');
  await test.database.sql`
    insert into revocations (kind, subject_id, transaction_id) values ('token', ${id}, ${transactionId}::xid8)`;
  return id;
}

const idsOf = async (cursor: string) => (await log.read(cursor)).revocations.map(({ id }) => id);

/** A cursor behind which nothing is told again. The log's times are rounded to milliseconds, perhaps to behind a read that came right after. */
async function cursorBehindAll(): Promise<string> {
  const { cursor } = await log.read(undefined);
  return (await idsOf(cursor)).length === 0 ? cursor : cursorBehindAll();
}

it('tells of what was revoked after the read that gave the cursor, also where transactions have lower numbers since', async () => {
  const before = await revokeIn('100');
  const cursor = await cursorBehindAll();
  const [since, usual] = [await revokeIn('200'), createId('token')];
  await log.revokeToken(usual);
  expect(await idsOf(cursor)).toEqual([since, usual]);
  expect(await idsOf(await cursorBehindAll())).toEqual([]);
  expect(await idsOf('0')).toEqual([before, since, usual]);
});
