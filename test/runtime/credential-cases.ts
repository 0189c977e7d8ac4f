import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assembleToken, ownClaims, signForeignToken, testKey } from '../support/tokens/tokens.ts';
import { bearer, receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';
import { PUBLIC_URL } from './runtime-scene.ts';

const RECORD = 'GET /patients/p-100/vitals';
const now = () => Math.floor(Date.now() / 1000);

/** Cases of who may do what, and of credentials that are no good. */
export function credentialCases(underTest: () => EdgeUnderTest): void {
  describe('bearer tokens', () => {
    it('lets a doctor read any record, and a patient the own one', async () => {
      const { port, scene } = underTest();
      const doctor = bearer((await scene.logIn('doctor')).token);
      const patient = bearer((await scene.logIn('patient')).token);
      expect((await send(port, 'GET /patients/p-101/vitals', [doctor])).status).toBe(200);
      expect((await send(port, RECORD, [patient])).status).toBe(200);
      const refused = await send(port, 'GET /patients/p-101/vitals', [patient]);
      expect(refused.status).toBe(403);
      expect(valuesOf(refused, 'www-authenticate')).toEqual(['Bearer error="insufficient_scope"']);
      expect((await send(port, 'GET /notes/1', [patient])).status).toBe(403);
    });

    it('answers a request without a credential 401 with a bare challenge', async () => {
      const refused = await send(underTest().port, RECORD);
      expect(refused.status).toBe(401);
      expect(valuesOf(refused, 'www-authenticate')).toEqual(['Bearer']);
      expect(valuesOf(refused, 'cache-control')).toEqual(['no-store']);
      expect(valuesOf(refused, 'content-type')).toEqual(['application/problem+json']);
    });

    it('takes the token of a foreign issuer for what its map makes of it', async () => {
      const { port } = underTest();
      const token = await signForeignToken({}, { at: now() });
      const received = receivedIn(await send(port, RECORD, [bearer(token)]));
      expect(valuesOf(received, 'x-user-roles')).toEqual(['doctor']);
    });

    it.each([
      ['tampered with', async (good: string) => tampered(good)],
      ['without a signature (alg none)', async () => assembleToken({ alg: 'none', typ: 'at+jwt' }, claims())],
      ['signed with HS256 by the public key', () => signedByPublicKey()],
      ['expired', () => signForeignToken({}, { at: now() - 3600 })],
      ['for another audience', () => signForeignToken({ aud: 'billing' }, { at: now() })],
      ['of an issuer that nobody named', () => signForeignToken({ iss: 'https://evil.test' }, { at: now() })],
      ['that is none', async () => 'nonsense'],
    ])('refuses a token %s with 401 invalid_token, also on a public route', async (_kind, make) => {
      const { port, scene } = underTest();
      const token = await make((await scene.logIn('doctor')).token);
      for (const line of [RECORD, 'GET /public/x']) {
        const refused = await send(port, line, [bearer(token)]);
        expect(refused.status).toBe(401);
        expect(valuesOf(refused, 'www-authenticate')).toEqual([
          expect.stringContaining('error="invalid_token"'),
        ]);
      }
    });

    it('refuses a credential that is sent twice with 400', async () => {
      const { port, scene } = underTest();
      const authorization = bearer((await scene.logIn('doctor')).token);
      expect((await send(port, RECORD, [authorization, authorization])).status).toBe(400);
    });
  });

  describe('session cookies', () => {
    it('are good until the session ends, and bad soon after', async () => {
      const { port, scene } = underTest();
      const { cookie } = await scene.logInWithCookie('doctor');
      const ask = async () => (await send(port, RECORD, [`Cookie: ${cookie}`])).status;
      expect(await ask()).toBe(200);
      expect(await ask()).toBe(200);
      await scene.endSession(cookie);
      await expect.poll(ask).toBe(401);
    });

    it('carry an unsafe method from our own origin alone', async () => {
      const { port, scene } = underTest();
      const { cookie } = await scene.logInWithCookie('doctor');
      const post = async (...origin: string[]) =>
        (await send(port, 'POST /notes/1', [`Cookie: ${cookie}`, ...origin], 'a note')).status;
      expect(await post()).toBe(403);
      expect(await post('Origin: https://evil.test')).toBe(403);
      expect(await post(`Origin: ${PUBLIC_URL}`)).toBe(200);
    });

    it('hold an access token as well, which reads everywhere, writes from our own origin alone, and stays here', async () => {
      const { port, scene } = underTest();
      const cookie = `Cookie: theirs=1; access_token=${(await scene.logIn('doctor')).token}; refresh_token=x`;
      const received = receivedIn(await send(port, RECORD, [cookie]));
      expect(valuesOf(received, 'x-user-roles')).toEqual(['doctor']);
      expect(valuesOf(received, 'cookie')).toEqual(['theirs=1']);
      expect((await send(port, 'POST /notes/1', [cookie], 'a note')).status).toBe(403);
      expect(
        (await send(port, 'POST /notes/1', [cookie, 'Origin: https://evil.test'], 'a note')).status,
      ).toBe(403);
      expect((await send(port, 'POST /notes/1', [cookie, `Origin: ${PUBLIC_URL}`], 'a note')).status).toBe(
        200,
      );
    });

    it('that stand twice are refused with 400, and those without the right shape count as none', async () => {
      const { port, scene } = underTest();
      const { cookie } = await scene.logInWithCookie('doctor');
      const name = cookie.split('=')[0];
      expect((await send(port, RECORD, [`Cookie: ${cookie}; ${cookie}`])).status).toBe(400);
      const refused = await send(port, RECORD, [`Cookie: ${name}=short`]);
      expect(refused.status).toBe(401);
      expect(valuesOf(refused, 'www-authenticate')).toEqual(['Bearer']);
    });
  });
}

function claims(): Record<string, unknown> {
  return { ...ownClaims(now()), iss: PUBLIC_URL };
}

function tampered(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claimed = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const altered = Buffer.from(JSON.stringify({ ...claimed, roles: ['admin'] })).toString('base64url');
  return `${header}.${altered}.${signature}`;
}

async function signedByPublicKey(): Promise<string> {
  const { publicJwk } = await testKey();
  const token = assembleToken({ alg: 'HS256', kid: publicJwk.kid, typ: 'at+jwt' }, claims());
  const signed = token.slice(0, token.lastIndexOf('.'));
  return `${signed}.${createHmac('sha256', JSON.stringify(publicJwk)).update(signed).digest('base64url')}`;
}
