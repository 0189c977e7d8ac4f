import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresRefreshKeyStore } from '../../src/adapters/postgres/refresh-key-store-postgres.ts';
import { createPostgresSessionStore } from '../../src/adapters/postgres/session-store-postgres.ts';
import { createPostgresUserStore } from '../../src/adapters/postgres/user-store-postgres.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../support/core-app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ROUNDS = 5;
const PHC = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g';

let database: TestDatabase;
let core: CoreUnderTest;
beforeAll(async () => {
  database = await createTestDatabase();
  const users = createPostgresUserStore(database.database);
  core = await startCoreApp({
    users,
    sessions: createPostgresSessionStore(database.database),
    refreshKeyStore: createPostgresRefreshKeyStore(database.database),
    // What is attacked comes after the password.
    hasher: { hash: async () => PHC, verify: async () => true, needsRehash: () => false },
    clock: Date.now,
  });
  await users.create({
    email: 'doctor@demo.test',
    username: 'doctor',
    passwordHash: PHC,
    roles: ['doctor'],
    patientId: undefined,
    doctorId: undefined,
  });
});
afterAll(() => database.drop());

async function logIn(): Promise<{ refreshToken: string; sessionId: string }> {
  const body = { login: 'doctor', password: PASSWORD };
  const answer = await (await core.send('POST', '/v1/auth/sessions', { body })).json();
  return { refreshToken: answer.refreshToken, sessionId: answer.session.id };
}

async function refresh(refreshToken: string): Promise<{ status: number; successor: string }> {
  const response = await core.send('POST', '/v1/auth/tokens/refresh', { body: { refreshToken } });
  return { status: response.status, successor: (await response.json()).refreshToken };
}

async function stateOf(sessionId: string) {
  const [row] = await database.database
    .sql`select state, refresh_counter from sessions where id = ${sessionId}`;
  return row;
}

it('attack 43: a hundred refreshes of one token at once rotate once and all get the one successor', async () => {
  const { refreshToken, sessionId } = await logIn();
  let current = refreshToken;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(current)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    const successors = new Set(answers.map(({ successor }) => successor));
    expect(successors.size).toBe(1);
    expect(await stateOf(sessionId)).toEqual({ state: 'active', refresh_counter: round });
    current = [...successors][0] ?? '';
  }
});

it('attack 43: a refresh whose answer got lost gets the same successor, which is good', async () => {
  const { refreshToken } = await logIn();
  const lost = await refresh(refreshToken);
  const again = await refresh(refreshToken);
  expect(again).toEqual(lost);
  expect((await refresh(again.successor)).status).toBe(200);
});

it('attack 43: the old token after its successor was used compromises that session and no other', async () => {
  const [stolen, other] = [await logIn(), await logIn()];
  const { successor } = await refresh(stolen.refreshToken);
  const current = await refresh(successor);
  expect((await refresh(stolen.refreshToken)).status).toBe(401);
  expect((await refresh(current.successor)).status).toBe(401);
  expect(await stateOf(stolen.sessionId)).toMatchObject({ state: 'compromised' });
  expect((await refresh(other.refreshToken)).status).toBe(200);
});
