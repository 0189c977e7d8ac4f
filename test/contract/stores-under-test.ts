import { afterAll, describe } from 'vitest';
import { createPostgresApiKeyStore } from '../../src/adapters/postgres/api-key-store-postgres.ts';
import { createPostgresAuditStore } from '../../src/adapters/postgres/audit-store-postgres.ts';
import { createPostgresClientStore } from '../../src/adapters/postgres/client-store-postgres.ts';
import { createPostgresRefreshKeyStore } from '../../src/adapters/postgres/refresh-key-store-postgres.ts';
import { createPostgresRevocationLog } from '../../src/adapters/postgres/revocation-log-postgres.ts';
import { createPostgresSessionStore } from '../../src/adapters/postgres/session-store-postgres.ts';
import { createPostgresSigningKeyStore } from '../../src/adapters/postgres/signing-key-store-postgres.ts';
import { createPostgresSubjectStanding } from '../../src/adapters/postgres/subject-standing-postgres.ts';
import { createPostgresUserStore } from '../../src/adapters/postgres/user-store-postgres.ts';
import type { AuditStore } from '../../src/core/audit/audit-store.ts';
import type { Client, ClientStore } from '../../src/core/clients/client-store.ts';
import type { SubjectStanding } from '../../src/core/exchange/subject-standing.ts';
import type { SigningKeyStore } from '../../src/core/keys/signing-key-store.ts';
import type { ApiKeyStore } from '../../src/core/machines/api-key-store.ts';
import type { RevocationLog } from '../../src/core/revocation/revocation-log.ts';
import type { RefreshKeyStore } from '../../src/core/sessions/refresh-key-store.ts';
import type { NewSession, SessionStore } from '../../src/core/sessions/session-store.ts';
import type { NewUser, User, UserStore } from '../../src/core/users/user-store.ts';
import { createManualClock, createMemoryStores } from '../support/memory-stores/memory-stores.ts';
import { ageRevocations } from '../support/postgres/age-revocations.ts';
import { ageSessions } from '../support/postgres/age-sessions.ts';
import { createTestDatabase } from '../support/postgres/database.ts';

/** The core's stores of one kind, empty, with what a suite does to their world. */
export interface StoresUnderTest {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly refreshKeys: RefreshKeyStore;
  readonly signingKeys: SigningKeyStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditStore;
  readonly clients: ClientStore;
  readonly revocationLog: RevocationLog;
  readonly subjectStanding: SubjectStanding;
  /** Lets time pass for everything that is stored. */
  advanceSeconds(seconds: number): Promise<void>;
  disableUser(userId: string): Promise<void>;
  discard(): Promise<void>;
}

/** The kinds of stores that hold the same contracts: a suite runs over each. */
export const storeKinds: readonly (readonly [string, () => Promise<StoresUnderTest>])[] = [
  ['memory', createMemory],
  ['postgres', createPostgres],
];

/** Runs a suite over each kind of stores, which all its tests share. */
export function describeStores(subject: string, suite: (stores: StoresUnderTest) => void): void {
  describe.each(storeKinds)(`${subject} (%s)`, async (_kind, createStores) => {
    const stores = await createStores();
    afterAll(() => stores.discard());
    suite(stores);
  });
}

async function createMemory(): Promise<StoresUnderTest> {
  const clock = createManualClock();
  const stores = createMemoryStores(clock.now);
  return {
    ...stores,
    advanceSeconds: async (seconds) => clock.advanceSeconds(seconds),
    disableUser: async (userId) => stores.users.disable(userId),
    discard: async () => {},
  };
}

async function createPostgres(): Promise<StoresUnderTest> {
  const { database, drop } = await createTestDatabase();
  const { sql } = database;
  return {
    users: createPostgresUserStore(database),
    sessions: createPostgresSessionStore(database),
    refreshKeys: createPostgresRefreshKeyStore(database),
    signingKeys: createPostgresSigningKeyStore(database),
    apiKeys: createPostgresApiKeyStore(database),
    audit: createPostgresAuditStore(database),
    clients: createPostgresClientStore(database),
    revocationLog: createPostgresRevocationLog(database),
    subjectStanding: createPostgresSubjectStanding(database),
    advanceSeconds: async (seconds) => {
      await ageSessions(sql, seconds);
      await sql`update api_keys set
        expires_at = expires_at - make_interval(secs => ${seconds}),
        last_used_at = last_used_at - make_interval(secs => ${seconds})`;
      await sql`update clients set last_used_at = last_used_at - make_interval(secs => ${seconds})`;
      await ageRevocations(sql, seconds);
    },
    disableUser: async (userId) => {
      await sql`update users set disabled_at = now() where id = ${userId}`;
    },
    discard: drop,
  };
}

let serial = 0;

/** Describes a user that shares nothing with others. */
export function newUser(differences: Partial<NewUser> = {}): NewUser {
  serial += 1;
  return {
    email: `user-${serial}@clinic.test`,
    username: `user-${serial}`,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g',
    roles: ['patient'],
    patientId: undefined,
    doctorId: undefined,
    ...differences,
  };
}

/** Stores a user that shares nothing with others. */
export async function addUser(users: UserStore, differences: Partial<NewUser> = {}): Promise<User> {
  const outcome = await users.create(newUser(differences));
  if (outcome.kind !== 'created') throw new Error('the test asked for a user that is taken');
  return outcome.user;
}

/** Stores an OAuth client. */
export function addClient(clients: ClientStore): Promise<Client> {
  const secretHash = randomTokenHash();
  const authenticationMethod = 'client_secret_basic';
  return clients.create({ name: 'pages', roles: [], scopes: [], authenticationMethod, secretHash });
}

/** Describes a bearer session of eight hours. */
export function newSession(userId: string, differences: Partial<NewSession> = {}): NewSession {
  return {
    userId,
    clientId: undefined,
    transport: 'bearer',
    amr: ['pwd'],
    acr: 'aal1',
    tokenHash: undefined,
    lifetimeSeconds: 8 * 60 * 60,
    clientAddress: '192.0.2.1',
    userAgent: 'test',
    ...differences,
  };
}

/** Makes what the hash of a random session token looks like. */
export function randomTokenHash(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}
