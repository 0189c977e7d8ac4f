import { describe, expect, it } from 'vitest';
import { receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

/** Cases of methods and URLs. */
export function requestLineCases(underTest: () => EdgeUnderTest): void {
  describe('the request line', () => {
    it('of no route is 404, and of a known path with another method 405 with Allow', async () => {
      const { port } = underTest();
      const unknown = await send(port, 'GET /nowhere');
      expect(unknown.status).toBe(404);
      expect(JSON.parse(unknown.body)).toMatchObject({ code: 'no_route' });
      const wrong = await send(port, 'DELETE /patients/p-100/vitals');
      expect(wrong.status).toBe(405);
      expect(valuesOf(wrong, 'allow')).toEqual(['GET, HEAD']);
    });

    it('below reserved paths that this role does not serve is 404', async () => {
      expect((await send(underTest().port, 'POST /v1/auth/sessions', [], '{}')).status).toBe(404);
      expect((await send(underTest().port, 'GET /metrics')).status).toBe(404);
    });

    it.each([
      '/public/a%2fb',
      '/public/a%2Fb',
      '/public/a%5cb',
      '/public/a;b',
      '/public/..;/patients',
      '/public/%252e%252e/patients',
      '/public/%00',
      '/public/%zz',
      '/public/%ff',
    ])('with %s has two readings and is refused with 400', async (target) => {
      expect((await send(underTest().port, `GET ${target}`)).status).toBe(400);
    });

    it.each([
      '/public/../patients/p-100/x',
      '/public/%2e%2e/patients/p-100/x',
      '/public/.%2e/patients/p-100/x',
    ])('with dot segments, %s, never passes as what it begins with', async (target) => {
      // Where the runtime resolves them first, what is judged is the protected path.
      const { runtime, port } = underTest();
      expect((await send(port, `GET ${target}`)).status).toBe(runtime === 'Node' ? 400 : 401);
    });

    it('is forwarded as it was matched', async () => {
      const { port } = underTest();
      expect(receivedIn(await send(port, 'GET //public//%61b?q=%2F&r=a;b')).url).toBe(
        '/public/ab?q=%2F&r=a;b',
      );
      expect(receivedIn(await send(port, 'GET /public/%C3%A4?')).url).toMatch(/^\/public\/%C3%A4\??$/);
    });

    it('with GET may have a body, which does not make it another request', async () => {
      const response = await send(underTest().port, 'GET /public/x', [], 'a body');
      expect(receivedIn(response)).toMatchObject({ method: 'GET', url: '/public/x' });
    });

    it('with HEAD is answered without a body', async () => {
      const { port } = underTest();
      const allowed = await send(port, 'HEAD /public/x');
      expect([allowed.status, allowed.body]).toEqual([200, '']);
      const refused = await send(port, 'HEAD /patients/p-100/x');
      expect([refused.status, refused.body]).toEqual([401, '']);
    });
  });
}
