import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashMachineSecret } from '../../../src/core/machines/hash-machine-secret.ts';
import { createPostgresStores, type Stores } from '../../../src/entry/postgres-stores.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { testKey } from '../../support/tokens/tokens.ts';
import { callWardgate } from '../../support/wardgate/wardgate-command.ts';

let database: TestDatabase;
let stores: Stores;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  stores = createPostgresStores(database.database);
  directory = await mkdtemp(join(tmpdir(), 'wardgate-clients-'));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const wardgate = (line: string) => callWardgate(line.split(' '), { DATABASE_URL: database.url });

async function keyFile(name: string, content: unknown): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('wardgate clients create', () => {
  it('prints id and secret once, keeps only the hash, and records the act', async () => {
    const line =
      'clients create --name export --role exporter --scope a:read,b:read --scope c:read --audience patients --may-call alerts --may-call doctors';
    const { code, out, error } = await wardgate(line);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const [, id = '', secret = ''] = /^client_id=(cli_\w{32})\nclient_secret=(wgs_\w{49})\n$/.exec(out) ?? [];
    const credentials = await stores.clientStore.findCredentials(id);
    expect(credentials?.client).toMatchObject({
      name: 'export',
      authenticationMethod: 'client_secret_basic',
      roles: ['exporter'],
      scopes: ['a:read', 'b:read', 'c:read'],
      audience: 'patients',
      audiences: ['alerts', 'doctors'],
    });
    expect(credentials?.secretHash?.toHex()).toBe((await hashMachineSecret(secret)).toHex());
    const { sql } = database.database;
    expect(await sql`select type, actor_kind from audit_events where target_id = ${id}`).toEqual([
      { type: 'client.created', actor_kind: 'command_line' },
    ]);
    expect((await wardgate('clients list --json')).out).not.toContain(secret.slice(4));
  });

  it('registers a client with public keys, and prints no secret', async () => {
    const { publicJwk } = await testKey('ES256');
    const file = await keyFile('good.json', { keys: [publicJwk] });
    const { out } = await wardgate(`clients create --name lab --method private_key_jwt --jwks ${file}`);
    expect(out).toMatch(/^client_id=cli_\w{32}\n$/);
    const client = await stores.clientStore.findById(out.slice('client_id='.length).trim());
    expect(client?.keys).toEqual([publicJwk]);
  });

  it.each([
    ['--name x --role admin', /^a client cannot have the role admin$/],
    ['--name x --role Admin', /^--role: expected role names/],
    ['--name x --scope a"b', /^--scope: expected scopes/],
    ['--name x --audience a/\u00e9', /^--audience: expected one audience/],
    ['--name x --may-call \u00e9', /^--may-call: expected audiences/],
    ['--name x --method none', /^--method: expected one of client_secret_basic, /],
    ['--name x --method private_key_jwt', /^--jwks: expected a file/],
    ['--name x --method private_key_jwt --jwks /nowhere', /^--jwks: expected a file/],
  ])('%s ends with 1 and registers nobody', async (options, why) => {
    const before = await stores.clientStore.list({ after: undefined, limit: 100 });
    const outcome = await wardgate(`clients create ${options}`);
    expect(outcome).toMatchObject({ code: 1, out: '' });
    expect(outcome.error.trimEnd()).toMatch(why);
    expect(await stores.clientStore.list({ after: undefined, limit: 100 })).toEqual(before);
  });

  it('refuses keys that are private, and quotes nothing of the file', async () => {
    const { publicJwk } = await testKey('ES256');
    const files = [
      await keyFile('private.json', { keys: [{ ...publicJwk, d: 'private-part' }] }),
      await keyFile('broken.json', '{"keys":[private-part'),
      await keyFile('off-the-curve.json', { keys: [{ ...publicJwk, y: publicJwk.x }] }),
    ];
    for (const file of files) {
      const outcome = await wardgate(`clients create --name x --method private_key_jwt --jwks ${file}`);
      expect(outcome).toMatchObject({ code: 1, out: '' });
      expect(outcome.error).toMatch(/^--jwks: expected a file/);
      expect(outcome.error).not.toContain('private-part');
    }
    const given = await keyFile('unwanted.json', { keys: [publicJwk] });
    const { error } = await wardgate(`clients create --name x --jwks ${given}`);
    expect(error).toBe('--jwks is for the method private_key_jwt\n');
  });
});

describe('wardgate clients list', () => {
  it('prints a table, or a line of JSON for each', async () => {
    const [first] = (await stores.clientStore.list({ after: undefined, limit: 1 })).clients;
    await stores.clientStore.change(first?.id ?? '', { disabled: true });
    const table = (await wardgate('clients list')).out.split('\n');
    expect(table[0]).toMatch(
      /^ID +NAME +METHOD +ROLES +SCOPES +AUDIENCE +MAY CALL +STATE +LAST USED +CREATED$/,
    );
    expect(table[1]).toMatch(
      /^cli_\w+ +export +client_secret_basic +exporter +a:read b:read c:read +patients +alerts doctors +disabled +- +20/,
    );
    const lines = (await wardgate('clients list --json')).out.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ id: first?.id, disabled: true });
  });
});
