import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttackedWardgate,
  STRANGER,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { NO_IDENTITY, seenIdentity } from '../support/attack/identity-fields.ts';
import { okResponse } from '../support/servers/recording-upstream.ts';
import type { RawResponse } from '../support/wire/raw-http.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

function fieldOf(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([given]) => given === name)?.[1];
}

/** The same question in every way in which it can be asked. */
async function askEverywhere(target: string, headers: readonly string[]): Promise<RawResponse[]> {
  const described = ['X-Forwarded-Method: GET', `X-Forwarded-Uri: ${target}`];
  const nginx = ['X-Original-Method: GET', `X-Original-URI: ${target}`];
  const outcomes = [
    await wardgate.send(`GET ${target}`, headers),
    await wardgate.send('GET /_gateway/auth/nginx', [...nginx, ...headers]),
    await wardgate.send('GET /_gateway/auth/traefik', [...described, ...headers]),
    await wardgate.send('GET /_gateway/auth/caddy', [...described, ...headers]),
  ];
  return outcomes.map(({ response }) => response);
}

describe('a cookie that cannot be ours', () => {
  it.each([
    ...[
      '',
      'x',
      '""',
      '"%00"',
      '%',
      'null',
      'undefined',
      '\xff\xfe',
      'a.b.c.d',
      '..',
      '=',
      'a'.repeat(43 * 90),
    ],
    ...['A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}%`, `"${'A'.repeat(43)}"`, `${'A'.repeat(42)}\xe9`],
  ])('attack 25: counts exactly as none: %j', async (value) => {
    for (const name of ['__Host-wardgate_session', 'access_token'])
      for (const target of ['/public/x', '/doctors/x', '/nowhere']) {
        const none = await askEverywhere(target, []);
        const bad = await askEverywhere(target, [`Cookie: ${name}=${value}`]);
        expect(bad.map(({ status }) => status)).toEqual(none.map(({ status }) => status));
        expect(bad.map((response) => fieldOf(response, 'www-authenticate'))).toEqual(
          none.map((response) => fieldOf(response, 'www-authenticate')),
        );
      }
  });

  it('attack 25: does not hide a good bearer token, and cookies of other names are nothing', async () => {
    const doctor = wardgate.bearer('doctor');
    expect(
      (await wardgate.send('GET /doctors/x', [doctor, 'Cookie: access_token=%%%'])).response.status,
    ).toBe(200);
    const value = wardgate.cookie('doctor').split('=')[1];
    for (const name of [
      '__Host-wardgate_session2',
      'x__Host-wardgate_session',
      'wardgate_session',
      '__host-wardgate_session',
    ])
      expect(
        (await wardgate.send('GET /doctors/x', [`Cookie: ${name}=${value}`])).response.status,
        name,
      ).toBe(401);
  });

  it('attack 25: of the right shape and unknown is refused, also where everybody may go', async () => {
    for (const { status } of await askEverywhere('/public/x', [
      `Cookie: __Host-wardgate_session=${'A'.repeat(43)}`,
    ]))
      expect(status).toBe(401);
  });
});

describe('an upgrade', () => {
  const handshake = [
    ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ];

  afterEach(() => {
    wardgate.upstream.respond = (request) => (request.method === 'HEAD' ? undefined : okResponse('served'));
  });

  it.each([
    ['websocket', 'Upgrade'],
    ['WebSocket', 'keep-alive, upgrade'],
    ['h2c', 'Upgrade, HTTP2-Settings'],
    ['h2c, websocket', 'Upgrade'],
    ['websocket, h2c', 'Upgrade'],
    ['TLS/1.3', 'Upgrade'],
    ['', 'Upgrade'],
  ])('attack 28: to %j with "Connection: %s" is judged like any request', async (protocol, connection) => {
    const lines = [`Upgrade: ${protocol}`, `Connection: ${connection}`, 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    for (const [target, status] of [
      ['/doctors/x', 401],
      ['/nowhere', 404],
      ['/public/../doctors/x', 400],
    ] as const) {
      const { response, reached } = await wardgate.send(`GET ${target}`, [...lines, 'Connection: close']);
      expect([response.status, reached]).toEqual([status, []]);
    }
    const { response } = await wardgate.send('GET /secret', [
      ...lines,
      'Connection: close',
      wardgate.bearer('doctor'),
    ]);
    expect(response.status).toBe(403);
  });

  it('attack 28: to h2c goes to no service as an upgrade', async () => {
    const lines = [
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Connection: close',
    ];
    const request = await wardgate.reach('GET /public/x', lines);
    const names = request.fields.map(([name]) => name.toLowerCase());
    expect(names).not.toContain('upgrade');
    expect(names).not.toContain('http2-settings');
  });

  it('attack 28: that the service answers otherwise than 101 is an ordinary answer, and no tunnel', async () => {
    const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\nX-User-Id: evil\r\n\r\n';
    for (const status of [200, 400, 403, 426, 500]) {
      wardgate.upstream.respond = () => `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`;
      const { response, reached } = await wardgate.send('GET /public/ws', handshake, { body: smuggled });
      expect(response).toMatchObject({ status, body: 'no' });
      expect(reached).toHaveLength(1);
    }
  });

  it('attack 28: that the service accepts without being asked, or to another protocol, is no tunnel', async () => {
    for (const answer of ['Upgrade: h2c\r\nConnection: Upgrade\r\n', 'Connection: Upgrade\r\n', '']) {
      wardgate.upstream.respond = () => `HTTP/1.1 101 Switching Protocols\r\n${answer}\r\n`;
      expect((await wardgate.send('GET /public/ws', handshake)).response.status).toBe(502);
    }
    wardgate.upstream.respond = () =>
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    expect((await wardgate.send('GET /public/x')).response.status).toBe(502);
  });

  it('attack 28: carries identity like any request, and none of the client', async () => {
    wardgate.upstream.respond = () =>
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { response, reached } = await wardgate.send('GET /doctors/ws', [
      ...handshake,
      'X_User_Roles: admin',
      wardgate.bearer('doctor'),
    ]);
    expect(response.status).toBe(101);
    expect(reached.map(seenIdentity)).toMatchObject([{ 'x-user-roles': 'doctor' }]);
    const foreign = [...handshake, wardgate.cookie('doctor'), 'Origin: https://evil.test'];
    expect((await wardgate.send('GET /doctors/ws', foreign)).response.status).toBe(403);
    expect(
      (await wardgate.send('GET /doctors/ws', [...handshake, wardgate.cookie('doctor')])).response.status,
    ).toBe(403);
  });
});

describe('unusual requests', () => {
  it.each(['TRACE', 'TRACK', 'CONNECT', 'trace'])(
    'attack 28: %s is refused on every route',
    async (method) => {
      for (const target of [
        '/public/x',
        '/doctors/x',
        'doctors.test:443',
        '/_gateway/auth/nginx',
        '/v1/auth/me',
      ])
        for (const headers of [[], [wardgate.bearer('admin')], ['Max-Forwards: 0']]) {
          const { response, reached } = await wardgate.send(`${method} ${target}`, headers);
          if (method !== 'TRACK') expect(response.status).toBeGreaterThanOrEqual(400);
          if (method === 'TRACE' && target === '/public/x') expect(response.status).toBe(405);
          if (method === 'CONNECT') expect(response.status).toBe(405);
          for (const request of reached)
            expect([request.method, seenIdentity(request)]).toEqual(['TRACK', expect.anything()]);
        }
    },
  );

  it('attack 28: early data and expectations change nothing, and are not passed on', async () => {
    for (const line of [
      'Early-Data: 1',
      'Expect: 100-continue',
      'Max-Forwards: 0',
      'Prefer: respond-async',
    ]) {
      const denied = await wardgate.send('POST /doctors/x', [line, 'Content-Length: 1'], { body: 'x' });
      expect([denied.response.status, denied.reached]).toEqual([401, []]);
    }
    const request = await wardgate.reach('GET /public/x', ['Early-Data: 1']);
    expect(request.fields.map(([name]) => name.toLowerCase())).not.toContain('early-data');
    expect(
      (await wardgate.send('POST /public/x', ['Expect: 200-ok', 'Content-Length: 0'])).response.status,
    ).toBe(417);
  });

  it('attack 29: only a real preflight passes without a credential, and without identity', async () => {
    const real = ['Origin: https://app.test', 'Access-Control-Request-Method: POST'];
    for (const credential of [[], [wardgate.cookie('doctor')], ['X-User-Id: evil']]) {
      const request = await wardgate.reach('OPTIONS /patients/p-100/x', [...real, ...credential]);
      expect(seenIdentity(request)).toEqual(NO_IDENTITY);
    }
    for (const headers of [
      [],
      real.slice(0, 1),
      real.slice(1),
      [...real, real[0] ?? ''],
      [...real, real[1] ?? ''],
      ['Origin: a', 'Access_Control_Request_Method: POST'],
      ['Origin: a', 'Access-Control-Request-Method: DELETE'],
      ['Origin: a', 'Access-Control-Request-Method: post'],
      ['Origin: a', 'Access-Control-Request-Method: POST, GET'],
      ['Origin: a', 'Access-Control-Request-Method: CONNECT'],
      [...real, 'Authorization: Bearer x'],
    ]) {
      const { response, reached } = await wardgate.send('OPTIONS /patients/p-100/x', headers, {
        from: STRANGER,
      });
      expect([401, 405], headers.join()).toContain(response.status);
      expect(reached).toEqual([]);
    }
    for (const method of ['GET', 'POST', 'HEAD'])
      expect((await wardgate.send(`${method} /doctors/x`, real)).response.status).toBe(401);
    expect((await wardgate.send('OPTIONS *', real)).response.status).toBe(400);
  });
});
