import { readFileSync } from 'node:fs';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as audit from '../../../src/adapters/postgres/schema/audit.ts';
import * as keys from '../../../src/adapters/postgres/schema/keys.ts';
import * as machines from '../../../src/adapters/postgres/schema/machines.ts';
import * as revocations from '../../../src/adapters/postgres/schema/revocations.ts';
import * as sessions from '../../../src/adapters/postgres/schema/sessions.ts';
import * as users from '../../../src/adapters/postgres/schema/users.ts';
import { createId } from '../../../src/identity/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';

const META = new URL('../../../drizzle/meta/', import.meta.url);

function readMeta(name: string) {
  return JSON.parse(readFileSync(new URL(name, META), 'utf8'));
}

describe('migrations', () => {
  it('are current: the schema asks for no further change', async () => {
    const { entries } = readMeta('_journal.json');
    const newest = readMeta(`${String(entries.length - 1).padStart(4, '0')}_snapshot.json`);
    const wanted = generateDrizzleJson(
      { ...audit, ...keys, ...machines, ...revocations, ...sessions, ...users },
      newest.id,
    );
    expect(await generateMigration(newest, wanted)).toEqual([]);
  });
});

describe('constraints', () => {
  let testDatabase: TestDatabase;
  const userId = createId('user');
  const user = {
    id: userId,
    email: 'ada@clinic.test',
    username: 'ada',
    password_hash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    roles: '{doctor,on-call:night}',
  };
  const session = {
    user_id: userId,
    transport: 'cookie',
    expires_at: '2999-01-01T00:00:00Z',
    token_hash: new Uint8Array(32),
  };
  const client = {
    name: 'export',
    auth_method: 'client_secret_basic',
    secret_hash: new Uint8Array(32),
    roles: '{}',
    scopes: '{}',
    audience: 'alerts',
    audiences: '{https://patients.example,doctors}',
  };
  const key = { algorithm: 'ES256', public_jwk: '{"kty":"EC"}', sealed_private_jwk: 'sealed' };

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const { sql } = testDatabase.database;
    await sql`insert into users ${sql(user)}`;
    await sql`insert into sessions ${sql({ ...session, id: createId('session') })}`;
    await sql`insert into clients ${sql({ ...client, id: createId('client') })}`;
    await sql`insert into signing_keys ${sql({ ...key, id: createId('key') })}`;
  });
  afterAll(() => testDatabase.drop());

  const other = { email: 'eve@clinic.test', username: 'eve' };
  const fresh = () => crypto.getRandomValues(new Uint8Array(32));
  it.each([
    ['users_id_shape', 'users', { ...other, id: 'usr_1' }],
    ['users_email_unique', 'users', { ...other, email: 'ada@clinic.test' }],
    ['users_username_unique', 'users', { ...other, username: 'ADA' }],
    ['users_email_shape', 'users', { ...other, email: 'Eve@clinic.test' }],
    ['users_email_shape', 'users', { ...other, email: 'eve' }],
    ['users_username_shape', 'users', { ...other, username: 'ada@clinic.test' }],
    ['users_password_hash_shape', 'users', { ...other, password_hash: 'wardgate-demo-passphrase' }],
    ['users_roles_shape', 'users', { ...other, roles: '{"a,admin"}' }],
    ['users_roles_shape', 'users', { ...other, roles: '{"a admin"}' }],
    ['users_roles_shape', 'users', { ...other, roles: '{Admin}' }],
    ['users_roles_shape', 'users', { ...other, roles: '{""}' }],
    ['users_roles_shape', 'users', { ...other, roles: '{a,NULL}' }],
    ['users_roles_shape', 'users', { ...other, roles: '{"a\nb"}' }],
    ['users_patient_id_shape', 'users', { ...other, patient_id: '' }],
    ['sessions_id_shape', 'sessions', { token_hash: fresh(), id: createId('user') }],
    ['sessions_user_id_users_id_fk', 'sessions', { token_hash: fresh(), user_id: createId('user') }],
    ['sessions_token_hash_unique', 'sessions', { token_hash: session.token_hash }],
    ['sessions_token_hash_is_sha256', 'sessions', { token_hash: new Uint8Array(31) }],
    ['sessions_token_hash_of_cookie', 'sessions', { token_hash: null }],
    ['sessions_token_hash_of_cookie', 'sessions', { token_hash: fresh(), transport: 'bearer' }],
    ['sessions_transport_known', 'sessions', { token_hash: null, transport: 'smoke' }],
    ['sessions_state_known', 'sessions', { token_hash: fresh(), state: 'odd', ended_at: '2026-01-01' }],
    ['sessions_ended_unless_active', 'sessions', { token_hash: fresh(), ended_at: '2026-01-01' }],
    ['sessions_ended_unless_active', 'sessions', { token_hash: fresh(), state: 'revoked' }],
    ['sessions_expire_after_creation', 'sessions', { token_hash: fresh(), expires_at: '2026-01-01' }],
    ['sessions_client_id_shape', 'sessions', { transport: 'bearer', token_hash: null, client_id: 'x' }],
    ['sessions_client_of_bearer', 'sessions', { token_hash: fresh(), client_id: createId('client') }],
    ['clients_audience_shape', 'clients', { audience: '' }],
    ['clients_audience_shape', 'clients', { audience: 'a b' }],
    ['clients_audience_shape', 'clients', { audience: 'a'.repeat(257) }],
    ['clients_audiences_shape', 'clients', { audiences: '{"a b"}' }],
    ['clients_audiences_shape', 'clients', { audiences: '{""}' }],
    ['clients_audiences_shape', 'clients', { audiences: '{a,NULL}' }],
    ['signing_keys_algorithm_known', 'signing_keys', { algorithm: 'none' }],
    ['signing_keys_public_is_public', 'signing_keys', { public_jwk: '{"kty":"EC","d":"secret"}' }],
    ['signing_keys_public_is_public', 'signing_keys', { public_jwk: '{}' }],
    ['signing_keys_public_is_public', 'signing_keys', { public_jwk: '{"kty":"oct","k":"secret"}' }],
    ['signing_keys_private_is_sealed', 'signing_keys', { sealed_private_jwk: '{"kty":"EC","d":"x"}' }],
  ] as const)('%s refuses %s %j', async (constraint, table, difference) => {
    const valid = {
      users: { ...user, id: createId('user') },
      sessions: { ...session, id: createId('session') },
      clients: { ...client, id: createId('client') },
      signing_keys: { ...key, id: createId('key') },
    }[table];
    const { sql } = testDatabase.database;
    const insertion = sql`insert into ${sql(table)} ${sql({ ...valid, ...difference })}`;
    await expect(insertion).rejects.toMatchObject({ constraint_name: constraint });
  });
});
