import { describe, expect, it } from 'vitest';
import { bearer, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

/** Cases of an edge that starts while its core is down. Leaves the core's door open. */
export function startCases(underTest: () => EdgeUnderTest): void {
  describe('started before its core', () => {
    it('answers 503 with Retry-After to a good token, and 200 on its health', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');

      const refused = await send(port, 'GET /patients/p-100/vitals', [bearer(token)]);
      expect(refused.status).toBe(503);
      expect(valuesOf(refused, 'retry-after')).toHaveLength(1);
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'temporarily_unavailable' });

      expect((await send(port, 'GET /health')).status).toBe(200);
      expect((await send(port, 'GET /ready')).status).toBe(503);
    });

    it('serves public routes all the same', async () => {
      expect((await send(underTest().port, 'GET /public/x')).status).toBe(200);
    });

    it('becomes ready by itself when the core is there, also without traffic', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      scene.door.open();
      await expect.poll(async () => (await send(port, 'GET /ready')).status, { interval: 100 }).toBe(200);
      expect((await send(port, 'GET /patients/p-100/vitals', [bearer(token)])).status).toBe(200);
    });
  });
}
