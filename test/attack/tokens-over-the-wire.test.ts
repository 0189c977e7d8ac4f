import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { seenIdentity } from '../support/attack/identity-fields.ts';
import { startSteeredIssuer } from '../support/tokens/steered-issuer.ts';
import { assembleToken, signWithHeader, testKey } from '../support/tokens/tokens.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

const now = () => Math.floor(Date.now() / 1000);
const bearer = (token: string) => `Authorization: Bearer ${token}`;

/** Sends a token in every way in which one can come; each way must end in 401, also on a public route. */
async function expectRefused(token: string): Promise<void> {
  for (const target of ['/doctors/x', '/public/x']) {
    const { response, reached } = await wardgate.send(`GET ${target}`, [bearer(token)]);
    expect([response.status, reached]).toEqual([401, []]);
    expect(response.body).not.toMatch(/signature|expired|algorithm|key|issuer/i);
  }
  const asked = ['X-Forwarded-Method: GET', 'X-Forwarded-Uri: /doctors/x', bearer(token)];
  const { response } = await wardgate.send('GET /_gateway/auth/traefik', asked);
  expect(response.status).toBe(401);
}

/** The claims of a foreign doctor. */
function claims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { issuer: iss } = wardgate.issuer;
  const realm = { roles: ['physician'] };
  return { iss, aud: 'clinic', sub: 'evil', iat: now(), exp: now() + 900, realm_access: realm, ...changes };
}

/** The decoded claims of our own doctor's token. */
function ownClaims(): Record<string, unknown> {
  const payload = wardgate.bearer('doctor').split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

describe('a forged token', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', '', 'null'])('attack 30: with alg %j is refused', async (alg) => {
    for (const payload of [claims(), ownClaims()]) {
      const token = assembleToken({ alg, typ: 'at+jwt', kid: 'foreign-key' }, payload);
      await expectRefused(token);
      await expectRefused(`${token.split('.').slice(0, 2).join('.')}.x`);
    }
  });

  it('attack 30: with the public key as a shared secret is refused', async () => {
    const { publicJwk } = await testKey('RS256', 'foreign-key');
    const pem = await exportSPKI((await importJWK(publicJwk, 'RS256')) as CryptoKey);
    for (const alg of ['HS256', 'HS384', 'HS512'])
      for (const secret of [pem, pem.trim(), JSON.stringify(publicJwk), publicJwk.n ?? '']) {
        const head = assembleToken({ alg, typ: 'at+jwt', kid: 'foreign-key' }, claims()).replace(/\.$/, '');
        const mac = createHmac(alg.replace('HS', 'sha'), secret).update(head).digest('base64url');
        await expectRefused(`${head}.${mac}`);
      }
  });

  it.each([
    '../../dev/null',
    "x' or 1=1--",
    'x'.repeat(6000),
    'foreign-key\0',
    'FOREIGN-KEY',
    '',
    '__proto__',
    '*',
  ])('attack 31: with the kid %j is refused', async (kid) => {
    const { privateKey } = await testKey('RS256', 'evil-key');
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
      .sign(privateKey);
    await expectRefused(token);
  });

  it('attack 31: signed by another issuer’s key is refused, whichever kid it names', async () => {
    const foreign = await testKey('RS256', 'foreign-key');
    for (const kid of ['foreign-key', undefined])
      await expectRefused(
        await signWithHeader({ alg: 'RS256', typ: 'at+jwt', ...(kid && { kid }) }, ownClaims(), foreign),
      );
  });

  it('attack 32: that brings its own key causes no request and is refused', async () => {
    const evil = await testKey('RS256', 'evil-key');
    const trap = await startSteeredIssuer([evil.publicJwk]);
    const url = trap.jwksUri;
    const before = wardgate.issuer.fetches;
    for (const header of [
      { jku: url },
      { x5u: url },
      { jwk: evil.publicJwk },
      { x5c: ['MIIB'] },
      { jku: url, jwk: evil.publicJwk, kid: url },
    ])
      await expectRefused(
        await signWithHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'evil-key', ...header }, claims(), evil),
      );
    expect(trap.fetches).toBe(0);
    expect(wardgate.issuer.fetches).toBeLessThanOrEqual(before + 1);
    await trap.close();
  });

  it('attack 33: that is no plain compact JWS is refused', async () => {
    const key = await testKey('RS256', 'foreign-key');
    const header = { alg: 'RS256', typ: 'at+jwt', kid: 'foreign-key' };
    for (const more of [
      { crit: ['exp'] },
      { crit: [] },
      { crit: ['b64'], b64: false },
      { b64: false },
      { zip: 'DEF' },
    ])
      await expectRefused(await signWithHeader({ ...header, ...more }, claims(), key));
    for (const token of [
      '.'.repeat(10_000),
      'a.b.c.d.e',
      'a'.repeat(15_000),
      '..',
      'null',
      '{"payload":"x"}',
      'a.b',
      '%2e.%2e.%2e',
    ])
      await expectRefused(token);
  });

  it('attack 34: however often, causes at most one fetch, while good tokens pass', async () => {
    const good = bearer(await wardgate.foreignToken());
    await wardgate.reach('GET /doctors/x', [good]);
    const before = wardgate.issuer.fetches;
    for (let round = 0; round < 20; round++) {
      const tokens = Array.from({ length: 25 }, (_, at) =>
        assembleToken({ alg: 'RS256', typ: 'at+jwt', kid: `${round}-${at}` }, claims(), new Uint8Array(256)),
      );
      const statuses = await Promise.all(
        tokens.map(async (token) => (await wardgate.send('GET /doctors/x', [bearer(token)])).response.status),
      );
      expect(new Set(statuses)).toEqual(new Set([401]));
      expect((await wardgate.send('GET /doctors/x', [good])).response.status).toBe(200);
    }
    expect(wardgate.issuer.fetches).toBeLessThanOrEqual(before + 1);
  });
});

describe('a token that is genuine, and not for us or not for this', () => {
  it.each([
    { aud: undefined },
    { aud: 'other' },
    { aud: ['other', 'clinic2'] },
    { aud: 'clini' },
    { aud: 'clinic ' },
    { aud: 'CLINIC' },
    { aud: [] },
    { aud: [['clinic']] },
    { aud: { clinic: true } },
    { aud: '' },
  ])('attack 35: %j is refused', async (changes) => expectRefused(await wardgate.foreignToken(changes)));

  it('attack 35: an issuer that is spelled otherwise is refused', async () => {
    const { issuer } = wardgate.issuer;
    for (const iss of [
      `${issuer}/`,
      issuer.toUpperCase(),
      `${issuer}#`,
      ` ${issuer}`,
      [issuer],
      issuer.replace('/realm', ''),
      `${issuer}/../realm`,
    ])
      await expectRefused(await wardgate.foreignToken({ iss }));
    await expectRefused(await wardgate.foreignToken({ iss: 'https://gate.test' }));
  });

  it.each([
    ...[
      'id+jwt',
      'logout+jwt',
      'token-introspection+jwt',
      'identity-assertion+jwt',
      'refresh+jwt',
      'dpop+jwt',
      'JWE',
      '',
    ],
    ...['secevent+jwt', 'at+jwt; x', ' at+jwt', 'application/x; at+jwt', 'jwt+at'],
  ])('attack 36: of the type %j is refused', async (typ) => {
    await expectRefused(await wardgate.foreignToken({}, { header: { typ } }));
  });

  it('attack 36: of another kind by its claims is refused', async () => {
    const plain = bearer(await wardgate.foreignToken({}, { header: { typ: 'JWT' } }));
    expect((await wardgate.send('GET /doctors/x', [plain])).response.status).toBe(200);
    const logout = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    for (const more of [
      { events: logout },
      { nonce: 'n', at_hash: 'h' },
      { typ: 'Refresh' },
      { typ: 'ID' },
      { token_introspection: { active: true } },
    ])
      await expectRefused(await wardgate.foreignToken(more, { header: { typ: 'JWT' } }));
  });

  it.each([undefined, null, '9999999999', 1.5e300, -1, Number.MAX_VALUE, 1, [9_999_999_999], {}, true])(
    'attack 37: exp %j is refused',
    async (exp) => expectRefused(await wardgate.foreignToken({ exp })),
  );

  it('attack 37: not yet valid, or issued in the future, is refused', async () => {
    for (const more of [
      { nbf: now() + 60 },
      { iat: now() + 60 },
      { nbf: String(now()) },
      { iat: 'now' },
      { exp: now() - 11 },
    ])
      await expectRefused(await wardgate.foreignToken(more));
    const { response } = await wardgate.send('GET /doctors/x', [
      bearer(await wardgate.foreignToken({ nbf: now() + 5 })),
    ]);
    expect(response.status).toBe(200);
  });

  it.each([`usr_${'a'.repeat(32)}`, `cli_${'a'.repeat(32)}`, 'USR_x', ''])(
    'attack 39: with a subject of ours by another issuer is refused: %j',
    async (sub) => expectRefused(await wardgate.foreignToken({ sub })),
  );
});

describe('the one credential of a request', () => {
  const DOCTOR = 'doctor';

  it.each([
    ['bearer', 200],
    ['BEARER', 200],
    ['Bearer  ', 200],
    ['Bearer\t', 401],
    ['Basic', 401],
    ['Bearer Bearer', 401],
    ['Bearer,', 400],
    ['DPoP', 401],
    ['', 401],
  ])('attack 38: after %j is answered %i', async (scheme, status) => {
    const token = wardgate.bearer(DOCTOR).split(' ').at(-1) ?? '';
    const { response } = await wardgate.send('GET /doctors/x', [`Authorization: ${scheme} ${token}`]);
    expect(response.status).toBe(status);
  });

  it('attack 38: in a header is the only one judged, and never the stronger of two', async () => {
    const adminCookie = wardgate.cookie('admin');
    const patient = wardgate.bearer('patient');
    for (const headers of [
      [patient, adminCookie],
      [adminCookie, patient],
    ]) {
      expect((await wardgate.send('GET /secret', headers)).response.status).toBe(403);
      const request = await wardgate.reach('GET /public/x', headers);
      expect(seenIdentity(request)['x-user-roles']).toBe('patient');
    }
    for (const bad of [
      'Authorization: Basic YTpi',
      'Authorization: Bearer',
      'Authorization:',
      'Authorization: Bearer x.y.z',
    ])
      expect((await wardgate.send('GET /secret', [bad, adminCookie])).response.status, bad).toBe(401);
    const token = wardgate.bearer('admin').split(' ').at(-1);
    const both = `${wardgate.cookie('patient')}; access_token=${token}`;
    expect((await wardgate.send('GET /secret', [both])).response.status).toBe(403);
  });

  it('attack 38: in a form, a query or another header is none', async () => {
    const token = wardgate.bearer('admin').split(' ').at(-1) ?? '';
    const body = `access_token=${token}`;
    const form = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`];
    expect((await wardgate.send('POST /secret', form, { body })).response.status).toBe(401);
    for (const line of [
      `X-Access-Token: ${token}`,
      `Sec-WebSocket-Protocol: bearer, ${token}`,
      `X-Authorization: Bearer ${token}`,
      `Authorization_: Bearer ${token}`,
    ])
      expect((await wardgate.send('GET /secret', [line])).response.status).toBe(401);
  });
});
