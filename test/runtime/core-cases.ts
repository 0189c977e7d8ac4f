import { describe, expect, it } from 'vitest';
import { signForeignToken, testKey } from '../support/tokens/tokens.ts';
import { bearer, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

const RECORD = 'GET /patients/p-100/vitals';
const now = () => Math.floor(Date.now() / 1000);

/** Cases of what the edge asks of others. */
export function coreCases(underTest: () => EdgeUnderTest): void {
  describe('key sets', () => {
    it('are fetched once for a hundred tokens at once with unknown keys, and good tokens keep passing', async () => {
      const { port, scene } = underTest();
      const good = await signForeignToken({}, { at: now() });
      expect((await send(port, RECORD, [bearer(good)])).status).toBe(200);
      const key = await testKey();
      const fetchesBefore = scene.keySetFetches();
      const flood = Array.from({ length: 100 }, async (_, index) => {
        const token = await signForeignToken({}, { at: now(), key, header: { kid: `unknown-${index}` } });
        return (await send(port, RECORD, [bearer(token)])).status;
      });
      const fresh = await signForeignToken({ jti: 'another' }, { at: now() });
      const passing = send(port, RECORD, [bearer(fresh)]);
      expect(new Set(await Promise.all(flood))).toEqual(new Set([401]));
      expect((await passing).status).toBe(200);
      expect(scene.keySetFetches() - fetchesBefore).toBeLessThanOrEqual(1);
    });
  });

  describe('the core', () => {
    it('is asked once for a hundred requests at once with one session cookie', async () => {
      const { port, scene } = underTest();
      const { cookie } = await scene.logInWithCookie('doctor');
      const asked = () => scene.door.askedFor('/internal/sessions/lookup');
      const [askedBefore, beganMs] = [asked(), performance.now()];
      const statuses = await Promise.all(
        Array.from({ length: 100 }, async () => (await send(port, RECORD, [`Cookie: ${cookie}`])).status),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      // The hundred may take longer than the second for which an answer is used.
      const seconds = Math.floor((performance.now() - beganMs) / 1000);
      expect(asked() - askedBefore).toBeLessThanOrEqual(1 + seconds);
    });

    it('tells a live route at once that a session has ended', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      expect((await send(port, 'GET /live/x', [bearer(token)])).status).toBe(200);
      await scene.endSession(token);
      const refused = await send(port, 'GET /live/x', [bearer(token)]);
      expect(refused.status).toBe(401);
      expect(valuesOf(refused, 'www-authenticate')).toEqual([expect.stringContaining('invalid_token')]);
    });

    it('tells every route soon that a session has ended, and of no other', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const { token: other } = await scene.logIn('doctor');
      const ask = async (shown: string) => (await send(port, RECORD, [bearer(shown)])).status;
      expect(await ask(token)).toBe(200);
      await scene.endSession(token);
      await expect.poll(() => ask(token), { interval: 50 }).toBe(401);
      expect(await ask(other)).toBe(200);
    });

    it('when down makes live routes and session cookies 503, while tokens go on elsewhere', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const { cookie } = await scene.logInWithCookie('doctor');
      scene.door.shut();
      // First, because they go on until nothing was heard of revocations for too long.
      expect((await send(port, RECORD, [bearer(token)])).status).toBe(200);
      const live = await send(port, 'GET /live/x', [bearer(token)]);
      expect(live.status).toBe(503);
      expect(valuesOf(live, 'retry-after')).toHaveLength(1);
      expect((await send(port, RECORD, [`Cookie: ${cookie}`])).status).toBe(503);
      scene.door.open();
      expect((await send(port, 'GET /live/x', [bearer(token)])).status).toBe(200);
    });
  });
}
