import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase } from '../../src/adapters/postgres/database.ts';
import { silentLog } from '../../src/lib/log.ts';
import {
  addUserOnPostgres,
  type CoreOnPostgres,
  startCoreOnPostgres,
} from '../support/postgres/core-on-postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/database.ts';

const ROUNDS = 100;
const ROUNDS_OVER_PROCESSES = 20;

let database: TestDatabase;
let core: CoreOnPostgres;
beforeAll(async () => {
  database = await createTestDatabase();
  core = await startCoreOnPostgres(database.database);
  await addUserOnPostgres(database.database, 'doctor');
});
afterAll(() => database.drop());

async function stateOf(sessionId: string) {
  const [row] = await database.database
    .sql`select state, refresh_counter from sessions where id = ${sessionId}`;
  return row;
}

/** Refreshes a hundred times at once, round after round, over those cores in turn; each round must rotate once. */
async function race(cores: readonly CoreOnPostgres[], rounds: number): Promise<void> {
  const { refreshToken, sessionId } = await core.begin('doctor');
  let current = refreshToken;
  for (let round = 1; round <= rounds; round += 1) {
    const asked = Array.from({ length: 100 }, (_, index) => cores[index % cores.length]?.refresh(current));
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => answer?.status)).toEqual(Array.from({ length: 100 }, () => 200));
    const successors = new Set(answers.map((answer) => answer?.successor));
    expect(successors.size).toBe(1);
    expect(await stateOf(sessionId)).toEqual({ state: 'active', refresh_counter: round });
    current = [...successors][0] ?? '';
  }
}

it('attack 43: a hundred refreshes of one token at once rotate once and all get the one successor, a hundred times over', () =>
  race([core], ROUNDS));

it('attack 43: the same over three processes, each with its own connections', async () => {
  const others = [1, 2].map(() => connectDatabase({ url: database.url, log: silentLog }));
  const cores = await Promise.all(others.map((other) => startCoreOnPostgres(other)));
  await race([core, ...cores], ROUNDS_OVER_PROCESSES);
  for (const other of others) await other.close();
});

it('attack 43: a refresh whose answer got lost gets the same successor, which is good', async () => {
  const { refreshToken } = await core.begin('doctor');
  const lost = await core.refresh(refreshToken);
  const again = await core.refresh(refreshToken);
  expect(again).toEqual(lost);
  expect((await core.refresh(again.successor ?? '')).status).toBe(200);
});

it('attack 43: the old token after its successor was used compromises that session and no other', async () => {
  const [stolen, other] = [await core.begin('doctor'), await core.begin('doctor')];
  const { successor } = await core.refresh(stolen.refreshToken);
  const current = await core.refresh(successor ?? '');
  expect((await core.refresh(stolen.refreshToken)).status).toBe(401);
  expect((await core.refresh(current.successor ?? '')).status).toBe(401);
  expect(await stateOf(stolen.sessionId)).toMatchObject({ state: 'compromised' });
  expect((await core.refresh(other.refreshToken)).status).toBe(200);
});
