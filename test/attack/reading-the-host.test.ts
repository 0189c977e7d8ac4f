import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttackedWardgate,
  STRANGER,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { fieldsNamed } from '../support/attack/identity-fields.ts';
import { words } from '../support/attack/words.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

describe('a host', () => {
  it.each(['CLINIC.example', 'clinic.example.', 'clinic.example:443', 'Clinic.Example.:443'])(
    'attack 13: is one host behind https, however it is written: %s',
    async (host) => {
      const request = await wardgate.reach('GET /public/x', [`Host: ${host}`, 'X-Forwarded-Proto: https']);
      expect(fieldsNamed(request, 'x-forwarded-host')).toEqual([['X-Forwarded-Host', 'clinic.example']]);
    },
  );

  it.each([
    ...words(`
    a@b user:pw@clinic.example clinic.example/admin clinic.example?x clinic.example#x a,b a;b
    http://clinic.example [::1 ::1 [::1%25eth0] 127.1 0x7f.1 2130706433 a:0 a:99999 a:80:80 a:
    clinic.example\\admin a..b .a %61 \xe9 ../../x a%2f *
  `),
    ...['a b', '', 'a\tb'],
  ])('attack 15: with two readings is 400: %j', async (host) => {
    for (const [target, from] of [
      ['/public/x', STRANGER],
      ['/public/x', '127.0.0.1'],
    ] as const) {
      const { response, reached } = await wardgate.send(`GET ${target}`, [`Host: ${host}`], { from });
      expect(response.status).toBe(400);
      expect(reached).toEqual([]);
    }
  });

  it('attack 15: that is missing or stands twice is 400', async () => {
    for (const bytes of [
      'GET /public/x HTTP/1.1\r\nConnection: close\r\n\r\n',
      'GET /public/x HTTP/1.0\r\n\r\n',
      'GET /public/x HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n',
      'GET /public/x HTTP/1.1\r\nHost: a\r\nHOST: b\r\nConnection: close\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ]) {
      const { response, reached } = await wardgate.sendBytes(bytes);
      expect(response.status, bytes).toBe(400);
      expect(reached).toEqual([]);
    }
  });

  it.each(['0.9', '2.0', '3.0', '1.2', '11.1', '1'])(
    'attack 15: version %s of HTTP, which may frame its messages otherwise, goes nowhere',
    async (version) => {
      const bytes = `POST /public/x HTTP/${version}\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
      const { response, reached } = await wardgate.sendBytes(bytes);
      expect([400, 505]).toContain(response.status);
      expect(reached).toEqual([]);
    },
  );

  it.each(['/v1/auth/me', '/health', '/internal/sessions'])(
    'attack 15: chooses nothing on a path of our own: %s',
    async (path) => {
      const plain = (await wardgate.send(`GET ${path}`)).response;
      for (const host of [
        'evil.test',
        'a/v1/auth/sessions?',
        'a/metrics#',
        'a@b',
        'localhost/health?x=',
        'a\\health?',
        '[',
        'a b',
      ]) {
        const { response, reached } = await wardgate.send(`GET ${path}`, [`Host: ${host}`]);
        expect([plain.status, 400], `${host}: ${response.body}`).toContain(response.status);
        expect(JSON.stringify(response)).not.toContain('evil');
        expect(reached).toEqual([]);
      }
    },
  );
});
