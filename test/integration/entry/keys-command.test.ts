import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createSecretBox } from '../../../src/core/keys/secret-box.ts';
import { refreshKeySealPurpose } from '../../../src/core/sessions/refresh-keys.ts';
import { createPostgresStores } from '../../../src/entry/postgres-stores.ts';
import { createId } from '../../../src/identity/ids.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';
import { callWardgate, runWardgate } from '../../support/wardgate/wardgate-command.ts';

const [OLD, NEW, LOST] = ['old', 'new', 'lost'].map((name) => name.padEnd(32, '-')) as [
  string,
  string,
  string,
];
const KEY_LINE = /^key_[0-9a-f]{32}\n$/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wardgate-keys-'));
  const policy = 'version: 1\nissuers: [{ id: wardgate, audience: clinic }]\nsigning: { algorithm: ES256 }\n';
  await writeFile(join(folder, 'gateway.yaml'), `${policy}upstreams: {}\nroutes: []\n`);
});
afterAll(() => rm(folder, { recursive: true }));

/** A database without keys, and `wardgate keys` on it; in a process of its own where it reads its standard input. */
async function start() {
  const { url, database, drop } = await createTestDatabase();
  onTestFinished(drop);
  const env = { DATABASE_URL: url, WARDGATE_CONFIG: join(folder, 'gateway.yaml') };
  const keys = (line: string, { secret = OLD, input }: { secret?: string; input?: string } = {}) => {
    const args = ['keys', ...line.split(' ')];
    const own = { ...env, WARDGATE_SECRET: secret };
    return input === undefined ? callWardgate(args, own) : runWardgate(args, { env: own, input });
  };
  const listed = async () => {
    const { out } = await keys('list --json');
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const audited = async () => {
    const rows = await database.sql`select type, actor_kind, target_id from audit_events order by sequence`;
    return rows.map((row) => [row.type, row.actor_kind, row.target_id]);
  };
  return { database, stores: createPostgresStores(database), keys, listed, audited };
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

let serial = 0;

async function writeKey(text: string): Promise<string> {
  serial += 1;
  const file = join(folder, `key-${serial}.pem`);
  await writeFile(file, text);
  return file;
}

describe('wardgate keys', () => {
  it('lists, generates, rotates and revokes keys, and the audit log says so', async () => {
    const { keys, listed, audited } = await start();
    const rotated = await keys('rotate');
    expect(rotated).toMatchObject({ code: 0, error: '' });
    const [first] = await listed();
    expect(first).toMatchObject({ algorithm: 'ES256', state: 'current' });
    expect(rotated.out).toMatch(new RegExp(`^ID +ALGORITHM.*\\n${first.id} +ES256 +current .*\\n$`));

    const generated = await keys('generate --algorithm=EdDSA');
    expect(generated).toEqual({ code: 0, out: expect.stringMatching(KEY_LINE), error: '' });
    const second = generated.out.trim();
    expect(await listed()).toMatchObject([
      { id: first.id, state: 'current', publishedUntil: expect.any(String) },
      { id: second, algorithm: 'EdDSA', state: 'next' },
    ]);

    const revoked = await keys(`revoke ${first.id}`);
    expect(revoked).toMatchObject({
      code: 0,
      out: expect.stringContaining('refuse what it signed within a second'),
    });
    const [, , third] = await listed();
    expect(third).toMatchObject({ algorithm: 'ES256', state: 'current' });
    const again = await keys(`revoke ${first.id}`);
    expect(again).toEqual({ code: 1, out: '', error: expect.stringContaining('revoked already') });
    expect((await keys('rotate --immediately')).out).toMatch(new RegExp(`${third.id} +ES256 +previous`));
    expect((await audited()).slice(0, 5)).toEqual([
      ['signing_key.generated', 'command_line', first.id],
      ['signing_key.generated', 'command_line', second],
      ['signing_key.revoked', 'command_line', first.id],
      ['signing_key.generated', 'command_line', third.id],
      ['signing_key.rotated', 'command_line', third.id],
    ]);
  });

  it('says what is wrong with the policy file or the arguments', async () => {
    const { keys } = await start();
    expect(await keys('generate --algorithm=HS256')).toMatchObject({ code: 2, out: '' });
    const { url, drop } = await createTestDatabase();
    onTestFinished(drop);
    const env = { DATABASE_URL: url, WARDGATE_SECRET: OLD, WARDGATE_CONFIG: join(folder, 'none.yaml') };
    const { code, error } = await callWardgate(['keys', 'list'], env);
    expect(code).toBe(1);
    expect(error).toContain('none.yaml');
  });
});

describe('wardgate keys import', () => {
  it('makes a private key from a file or the standard input a next key, once, also after it was revoked', async () => {
    const { keys, listed, audited } = await start();
    await keys('rotate');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = await writeKey(pem(privateKey));
    const imported = await keys(`import --pem=${file}`);
    expect(imported).toEqual({ code: 0, out: expect.stringMatching(KEY_LINE), error: '' });
    const id = imported.out.trim();
    expect((await listed())[1]).toMatchObject({ id, algorithm: 'ES256', state: 'next' });
    expect((await audited()).at(-1)).toEqual(['signing_key.imported', 'command_line', id]);
    await keys(`revoke ${id}`);
    const again = await keys('import --pem -', { input: pem(privateKey) });
    expect(again).toEqual({ code: 1, out: '', error: expect.stringContaining('was there before') });
    expect(await listed()).toHaveLength(2);
  });

  it('warns of a key that others sign before', async () => {
    const { keys } = await start();
    const file = await writeKey(pem(generateKeyPairSync('ed25519').privateKey));
    const imported = await keys(`import --pem=${file}`);
    expect(imported.code).toBe(0);
    expect(imported.error).toContain('EdDSA');
  });

  it.each([
    [
      'a short RSA key',
      () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
      'found 1024',
    ],
    ['what is far too long', () => 'x'.repeat(70_000), 'longer than'],
  ])('refuses %s and stores nothing', async (_what, make, complaint) => {
    const { keys, stores } = await start();
    const { code, out, error } = await keys(`import --pem=${await writeKey(make())}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(complaint);
    expect((await stores.signingKeyStore.list()).keys).toEqual([]);
  });

  it('says that a file is not there', async () => {
    const { keys } = await start();
    const { code, error } = await keys(`import --pem=${join(folder, 'missing.pem')}`);
    expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining('cannot be read') });
  });
});

describe('wardgate keys export', () => {
  it('prints public parts alone, but for the private key where that is asked for, with a warning and an audit event', async () => {
    const { keys, listed, audited } = await start();
    await keys('rotate');
    const [{ id }] = await listed();
    const keySet = JSON.parse((await keys('export --jwks')).out);
    const members = ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'];
    expect(keySet.keys.map((key: object) => Object.keys(key).sort())).toEqual([members]);
    expect(JSON.parse((await keys(`export ${id} --jwk`)).out)).toEqual(keySet.keys[0]);
    const publicPem = await keys(`export ${id} --pem`);
    expect(publicPem).toMatchObject({ code: 0, error: '' });
    expect(publicPem.out).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect((await audited()).filter(([type]) => type === 'signing_key.exported')).toEqual([]);

    // In a process of its own, whose two outputs are really two.
    const exported = await keys(`export ${id} --pem --private`, { input: '' });
    expect(exported.error).toContain('Warning: this is the private key');
    const token = await new SignJWT({ sub: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: id })
      .sign(await importPKCS8(exported.out, 'ES256'));
    expect((await jwtVerify(token, createLocalJWKSet(keySet))).payload).toEqual({ sub: 'x' });
    expect(createPublicKey(exported.out).equals(createPublicKey(publicPem.out))).toBe(true);
    expect((await audited()).at(-1)).toEqual(['signing_key.exported', 'command_line', id]);
  });

  it.each([
    ['export', 'expected one of --jwks, --jwk and --pem'],
    ['export --jwks --jwk', 'expected one of'],
    ['export --jwk', 'expected the id of a key'],
    ['export key_1 --jwks', 'none for --jwks'],
    ['export key_1 --jwk --private', '--private goes with --pem alone'],
    ['export key_1 --jwk', 'there is no key "key_1"'],
  ])('refuses `%s`', async (line, complaint) => {
    const { keys } = await start();
    const { code, out, error } = await keys(line);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(complaint);
  });
});

describe('wardgate keys reseal', () => {
  it('seals signing and refresh keys with the first secret, and says which it cannot open without stopping there', async () => {
    const { keys, listed, stores, audited } = await start();
    await keys('rotate');
    expect((await keys('generate', { secret: LOST })).error).toContain(
      'no signing key that stands can be opened',
    );
    expect((await keys('generate')).error).toBe('');
    const id = createId('refresh_key');
    const sealedKey = await createSecretBox([OLD]).seal('AAAA', refreshKeySealPurpose(id));
    await stores.refreshKeyStore.addFirst(async () => ({ id, sealedKey }));
    const [, lost] = await listed();

    const resealed = await keys('reseal', { secret: `${NEW},${OLD}`, input: '' });
    expect(resealed).toEqual({
      code: 1,
      out: 'Sealed 3 keys anew, 0 were sealed by the first secret before\n',
      error: `${lost.id} is opened by no secret of WARDGATE_SECRET: left as it is\n`,
    });
    expect((await audited()).at(-1)).toEqual(['secrets.resealed', 'command_line', null]);
    const box = createSecretBox([NEW]);
    const [refreshKey] = await stores.refreshKeyStore.list();
    expect(await box.unseal(refreshKey?.sealedKey ?? '', refreshKeySealPurpose(id))).toBe('AAAA');

    const again = await keys('reseal', { secret: `${NEW},${LOST}` });
    expect(again).toEqual({
      code: 0,
      out: 'Sealed 1 keys anew, 3 were sealed by the first secret before\n',
      error: '',
    });
    expect((await keys(`export ${lost.id} --pem --private`, { secret: OLD })).code).toBe(1);
    expect((await keys(`export ${lost.id} --pem --private`, { secret: NEW })).code).toBe(0);
  });
});
