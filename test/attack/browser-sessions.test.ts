import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../src/entry/demo/demo-users.ts';
import {
  type AttackedWardgate,
  PUBLIC_URL,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';

const OWN = `Origin: ${PUBLIC_URL}`;
const JSON_TYPE = 'Content-Type: application/json';
const ACCOUNT = { login: 'doctor@demo.test', password: DEMO_PASSWORD };

let wardgate: AttackedWardgate;
beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});
afterAll(() => wardgate.stop());

function post(target: string, body: string, headerLines: readonly string[]) {
  return wardgate.send(`POST ${target}`, [`Content-Length: ${body.length}`, ...headerLines], { body });
}

/** The cookies that an answer sets, `name=value` each; cleared ones are left out. */
function cookiesOf({ response }: Awaited<ReturnType<typeof post>>): string[] {
  const fields = response.headers.filter(([name]) => name === 'set-cookie');
  return fields.map(([, value]) => value.split(';')[0] ?? '').filter((pair) => !pair.endsWith('='));
}

const statusOf = async (line: string, headerLines: readonly string[]) =>
  (await wardgate.send(line, headerLines)).response.status;

describe('a cookie that was planted before the log-in', () => {
  it.each(['cookie', 'token_cookies'])(
    'attack 46: never becomes the session: logging in by %s begins a new one',
    async (transport) => {
      const planted = await wardgate.logIn('patient', 'cookie');
      const unknown = `Cookie: __Host-wardgate_session=${'A'.repeat(43)}`;
      for (const cookie of [planted, unknown]) {
        const body = JSON.stringify({ ...ACCOUNT, transport });
        const answer = await post('/v1/auth/sessions', body, [JSON_TYPE, OWN, cookie]);
        expect(answer.response.status).toBe(201);
        const [credential = ''] = cookiesOf(answer);
        expect(cookie).not.toContain(credential.split('=')[1]);
        const { response } = await wardgate.send('GET /v1/auth/me', [`Cookie: ${credential}`]);
        expect(JSON.parse(response.body).user.username).toBe('doctor');
      }
      // The planted one is what it was: the other user's, or nobody's.
      expect(await statusOf('GET /doctors/x', [planted])).toBe(403);
      expect(await statusOf('GET /doctors/x', [unknown])).toBe(401);
    },
  );
});

describe('a log-in that another site makes', () => {
  it.each([
    ['a form', ['Content-Type: application/x-www-form-urlencoded', 'Origin: https://evil.test'], 415],
    ['a form of plain text', ['Content-Type: text/plain', 'Origin: https://evil.test'], 415],
    ['a form without a type', ['Origin: https://evil.test'], 415],
    ['a script', [JSON_TYPE, 'Origin: https://evil.test'], 403],
    ['a script in a sandbox', [JSON_TYPE, 'Origin: null'], 403],
    ['a script of a sibling host', [JSON_TYPE, 'Origin: https://evil.gate.test'], 403],
    ['a browser that tells the site alone', [JSON_TYPE, 'Sec-Fetch-Site: cross-site'], 403],
  ] as const)('attack 46: by %s sets no cookie', async (_how, headerLines, status) => {
    for (const transport of ['cookie', 'token_cookies']) {
      const answer = await post('/v1/auth/sessions', JSON.stringify({ ...ACCOUNT, transport }), headerLines);
      expect([answer.response.status, cookiesOf(answer)]).toEqual([status, []]);
    }
  });
});

describe('a cookie that rides along', () => {
  it.each(['cookie', 'token_cookies'] as const)(
    'attack 47: carries no unsafe method from a page that is not ours (%s)',
    async (transport) => {
      const cookie = await wardgate.logIn('doctor', transport);
      const foreign = [
        [],
        ['Origin: https://evil.test'],
        ['Origin: null'],
        [`Origin: ${PUBLIC_URL}.evil.test`],
        ['Origin: http://gate.test'],
        ['Sec-Fetch-Site: cross-site'],
        ['Sec-Fetch-Site: same-site'],
        [OWN, 'Origin: https://evil.test'],
      ];
      for (const from of foreign) {
        for (const line of [
          'POST /patients/p-100/x',
          'PUT /doctors/x',
          'DELETE /doctors/x',
          'PATCH /live/x',
        ]) {
          if (line.startsWith('POST'))
            expect((await wardgate.send(line, [cookie, OWN])).response.status).toBe(200);
          const { response, reached } = await wardgate.send(line, [cookie, ...from]);
          expect([response.status, reached], `${line} ${from}`).toEqual([403, []]);
        }
        for (const line of ['POST /v1/auth/sessions/current/revoke', 'DELETE /v1/auth/sessions'])
          expect(await statusOf(line, [cookie, ...from]), `${line} ${from}`).toBe(403);
      }
      expect(await statusOf('GET /v1/auth/me', [cookie])).toBe(200);
    },
  );

  it('attack 47: refreshes for a page of ours alone, and its tokens never reach a service', async () => {
    const body = JSON.stringify({ ...ACCOUNT, transport: 'token_cookies' });
    const [access = '', refresh = ''] = cookiesOf(await post('/v1/auth/sessions', body, [JSON_TYPE, OWN]));
    const both = `Cookie: theirs=1; ${access}; ${refresh}`;
    for (const from of [[], ['Origin: https://evil.test'], ['Sec-Fetch-Site: cross-site']])
      expect(await statusOf('POST /v1/auth/tokens/refresh', [both, ...from])).toBe(403);
    const refreshed = await wardgate.send('POST /v1/auth/tokens/refresh', [both, OWN]);
    expect(refreshed.response.status).toBe(200);
    expect(cookiesOf(refreshed).map((pair) => pair.split('=')[0])).toEqual(['access_token', 'refresh_token']);
    const { fields } = await wardgate.reach('POST /patients/p-100/x', [both, OWN]);
    expect(fields.filter(([name]) => /^(?:cookie|authorization)$/i.test(name))).toEqual([
      ['Cookie', 'theirs=1'],
    ]);
  });

  it('attack 47: changes nothing with a GET, whatever method it names beside', async () => {
    const cookie = await wardgate.logIn('doctor', 'cookie');
    const body = JSON.stringify(ACCOUNT);
    const { response } = await post('/v1/auth/sessions', body, [JSON_TYPE]);
    const { refreshToken } = JSON.parse(response.body);
    const overrides = ['X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: POST', 'X-Method-Override: POST'];
    for (const method of ['GET', 'HEAD'])
      for (const target of [
        '/v1/auth/sessions',
        '/v1/auth/sessions?_method=DELETE',
        '/v1/auth/sessions/current/revoke',
        `/v1/auth/tokens/refresh?refreshToken=${refreshToken}`,
      ])
        expect(await statusOf(`${method} ${target}`, [cookie, OWN, ...overrides]), target).not.toBe(204);
    expect(await statusOf('GET /v1/auth/me', [cookie])).toBe(200);
    const again = await post('/v1/auth/tokens/refresh', JSON.stringify({ refreshToken }), [JSON_TYPE]);
    expect(again.response.status).toBe(200);
    // It was the first use: its successor is the next one's predecessor.
    const { refreshToken: next } = JSON.parse(again.response.body);
    const after = await post('/v1/auth/tokens/refresh', JSON.stringify({ refreshToken: next }), [JSON_TYPE]);
    expect(after.response.status).toBe(200);
  });
});
