import { describe, expect, it } from 'vitest';
import { readCompactJws } from '../../src/oauth/compact-jws.ts';
import { bearer, receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

const ASSERTED = 'GET /asserted/x';

/** Cases of the identity assertion, which an edge has its core sign. */
export function assertionCases(underTest: () => EdgeUnderTest): void {
  describe('the identity assertion', () => {
    it('is signed by the core, once for a hundred requests at once', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const asked = () => scene.door.askedFor('/internal/assertions');
      const askedBefore = asked();
      const assertions = await Promise.all(
        Array.from({ length: 100 }, async () => {
          const received = receivedIn(
            await send(port, ASSERTED, [bearer(token), 'X-Identity-Assertion: a.b.c']),
          );
          return valuesOf(received, 'x-identity-assertion').join();
        }),
      );
      expect([new Set(assertions).size, asked() - askedBefore]).toEqual([1, 1]);
      expect(readCompactJws(assertions[0] ?? '')).toMatchObject({
        header: { typ: 'identity-assertion+jwt' },
        payload: { aud: 'records', username: 'doctor', doctor_id: 'd-200' },
      });
    });

    it('is used on while the core is down, and what has to be signed meanwhile is answered 503', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const { token: other } = await scene.logIn('patient');
      expect((await send(port, ASSERTED, [bearer(token)])).status).toBe(200);
      scene.door.shut();
      expect((await send(port, ASSERTED, [bearer(token)])).status).toBe(200);
      const untold = await send(port, ASSERTED, [bearer(other)]);
      expect([untold.status, valuesOf(untold, 'retry-after').length]).toEqual([503, 1]);
      scene.door.open();
      expect((await send(port, ASSERTED, [bearer(other)])).status).toBe(200);
    });
  });
}
