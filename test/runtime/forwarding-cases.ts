import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bearer, receivedIn, send, valuesOf } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';
import { LARGE_MEBIBYTES, mebibytes } from './odd-service.ts';

const MEBIBYTE = 1024 * 1024;

/** Cases of what passes between client and service, and of services that fail. */
export function forwardingCases(underTest: () => EdgeUnderTest): void {
  describe('answers of the service', () => {
    it('pass on a redirect, which is not followed', async () => {
      const response = await send(underTest().port, 'GET /odd/redirect');
      expect(response.status).toBe(302);
      expect(valuesOf(response, 'location')).toEqual(['https://elsewhere.test/']);
      expect(response.body).toBe('moved');
    });

    it('stay compressed as the service compressed them', async () => {
      const response = await send(underTest().port, 'GET /odd/gzip', ['Accept-Encoding: gzip']);
      expect(valuesOf(response, 'content-encoding')).toEqual(['gzip']);
      expect(gunzipSync(response.bytes).toString()).toBe('compressed by the service');
    });

    it('lose cookies with our names and identity headers, and keep the others apart', async () => {
      const response = await send(underTest().port, 'GET /odd/cookies');
      expect(valuesOf(response, 'set-cookie')).toEqual(['theme=dark', 'lang=en']);
      expect(valuesOf(response, 'x-user-id')).toEqual([]);
    });

    it.each([
      ['/odd/empty', 204, ''],
      ['/odd/unchanged', 304, ''],
      ['/odd/failure', 500, 'the failure of the service'],
    ])('keep their status: %s', async (path, status, body) => {
      const response = await send(underTest().port, `GET ${path}`);
      expect([response.status, response.body]).toEqual([status, body]);
    });

    it('are streamed to the client, however large', async () => {
      const response = await fetch(`http://127.0.0.1:${underTest().port}/odd/large`);
      let received = 0;
      for await (const chunk of response.body ?? []) received += chunk.length;
      expect(received).toBe(LARGE_MEBIBYTES * MEBIBYTE);
    });
  });

  describe('bodies of requests', () => {
    it('are streamed to the service, however large', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const response = await fetch(`http://127.0.0.1:${port}/notes/1`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: Readable.from(mebibytes(LARGE_MEBIBYTES)),
        duplex: 'half',
      } as unknown as RequestInit);
      expect(await response.json()).toMatchObject({ method: 'POST', bodyBytes: LARGE_MEBIBYTES * MEBIBYTE });
    });

    it('reach the service with their length where the client told it', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const received = receivedIn(await send(port, 'PUT /notes/1', [bearer(token)], 'a note'));
      expect(received).toMatchObject({ method: 'PUT', bodyBytes: 6 });
      expect(valuesOf(received, 'content-length')).toEqual(['6']);
    });
  });

  describe('services that fail', () => {
    it('are a 502 where nobody listens', async () => {
      const response = await send(underTest().port, 'GET /nobody/x');
      expect(response.status).toBe(502);
      expect(JSON.parse(response.body)).toMatchObject({ code: 'upstream_failed' });
    });

    it('are a 504 where the answer does not come in time', async () => {
      const response = await send(underTest().port, 'GET /odd/silence');
      expect(response.status).toBe(504);
      expect(JSON.parse(response.body)).toMatchObject({ code: 'upstream_timeout' });
    });
  });
}
