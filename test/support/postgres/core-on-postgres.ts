import { createPostgresRefreshKeyStore } from '../../../src/adapters/postgres/refresh-key-store-postgres.ts';
import { createPostgresSessionStore } from '../../../src/adapters/postgres/session-store-postgres.ts';
import { createPostgresSubjectStanding } from '../../../src/adapters/postgres/subject-standing-postgres.ts';
import { createPostgresUserStore } from '../../../src/adapters/postgres/user-store-postgres.ts';
import type { CoreOptions } from '../../../src/core/create-core.ts';
import type { SessionStore } from '../../../src/core/sessions/session-store.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../core/core-app.ts';
import type { TestDatabase } from './database.ts';

const PHC = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g';

/** A core whose users and sessions are on Postgres; several on one database are to each other as processes are. */
export interface CoreOnPostgres extends CoreUnderTest {
  readonly sessions: SessionStore;
  /** Logs a user in whom `addUserOnPostgres` added. */
  begin(login: string): Promise<{ refreshToken: string; sessionId: string }>;
  /** Refreshes; the body's refresh token is undefined where the answer is a refusal. Does NOT hold the answer against the contract. */
  refresh(refreshToken: string): Promise<{ status: number; successor: string | undefined }>;
}

/** Starts a core on a database, at the machine's clock. Every password is right: what is looked at comes after it. */
export async function startCoreOnPostgres(
  database: TestDatabase['database'],
  options: Partial<CoreOptions> = {},
): Promise<CoreOnPostgres> {
  const sessions = createPostgresSessionStore(database);
  const core = await startCoreApp({
    users: createPostgresUserStore(database),
    sessions,
    subjectStanding: createPostgresSubjectStanding(database),
    refreshKeyStore: createPostgresRefreshKeyStore(database),
    hasher: { hash: async () => PHC, verify: async () => true, needsRehash: () => false },
    clock: Date.now,
    ...options,
  });
  const post = (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const facts = { requestId: 'req-1', clientAddress: '192.0.2.7' };
    return core.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) }, facts);
  };
  return {
    ...core,
    sessions,
    async begin(login) {
      const answer = await (await post('/v1/auth/sessions', { login, password: PASSWORD })).json();
      return { refreshToken: answer.refreshToken, sessionId: answer.session.id };
    },
    async refresh(refreshToken) {
      const response = await post('/v1/auth/tokens/refresh', { refreshToken });
      return { status: response.status, successor: (await response.json()).refreshToken };
    },
  };
}

/** Adds a user who can log in at a core on Postgres. */
export async function addUserOnPostgres(
  database: TestDatabase['database'],
  username: string,
): Promise<{ id: string; username: string }> {
  const outcome = await createPostgresUserStore(database).create({
    email: `${username}@demo.test`,
    username,
    passwordHash: PHC,
    roles: ['doctor'],
    patientId: undefined,
    doctorId: undefined,
  });
  if (outcome.kind !== 'created') throw new Error('the test asked for a user that is taken');
  return { id: outcome.user.id, username };
}
