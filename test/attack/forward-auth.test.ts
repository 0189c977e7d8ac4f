import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/gateway/forward-auth/dialects.ts';
import {
  type ForwardAuthGateway,
  startForwardAuthGateway,
} from '../support/forward-auth/forward-auth-gateway.ts';
import { fieldValues } from '../support/forward-auth/forward-auth-setup.ts';
import { type RawResponse, rawRequest, sendRaw } from '../support/wire/raw-http.ts';

const ORIGINAL_NAMES = {
  nginx: ['X-Original-Method', 'X-Original-URI'],
  traefik: ['X-Forwarded-Method', 'X-Forwarded-Uri'],
  caddy: ['X-Forwarded-Method', 'X-Forwarded-Uri'],
} as const;

/** Paths with two readings, one of which a patient may have. Each is refused, whoever asks. */
const AMBIGUOUS_PATHS = [
  ...['/public/../doctors/x', '/public/%2e%2e/doctors/x', '/public/.%2e/doctors/x', '/public/%2E./doctors/x'],
  ...[
    '/public/..%2fdoctors/x',
    '/public/..%5cdoctors/x',
    '/public/..;/doctors/x',
    '/public/%252e%252e/doctors/x',
  ],
  ...[
    '/public/./x',
    '/public/x/..',
    '/public/%2e',
    '/public%2f..%2fdoctors/x',
    '/public%2Fx',
    '/public\\x',
    '/public%5Cx',
  ],
  ...['//public/x', '/public//x', '/.//public/x', '//evil.test/public/x', '///public/x'],
  ...[
    '/public/x#/doctors',
    '/doctors/x#/public',
    '/doctors/x%23/../../public',
    '/doctors;x=/public',
    '/public;/x',
    '/public/x%3b/y',
  ],
  ...[
    'http://evil.test/public/x',
    'https://user@gateway.test/public/x',
    '//user@evil.test/public',
    '@evil.test/public',
    '*',
    '',
  ],
  ...[
    '/public/%00',
    '/public/x%00.png',
    '/public/\x01',
    '/public/%',
    '/public/%2',
    '/public/%zz',
    '/public/%c0%ae',
    '/public/%ff',
    '/public/\xff',
  ],
  ...['/public/%0d%0aX-User-Id:%20evil', '/public/%0a', '/public/%7f', '/public/%ed%a0%80'],
];

describe.each(DIALECTS.map(({ name, path }) => ({ name, path })))(
  'sub-requests of $name',
  ({ name, path }) => {
    const [methodName, targetName] = ORIGINAL_NAMES[name];
    let gateway: ForwardAuthGateway;
    let stranger: ForwardAuthGateway;

    beforeAll(async () => {
      gateway = await startForwardAuthGateway();
      // To this one the loopback is no trusted proxy.
      stranger = await startForwardAuthGateway('192.0.2.1/32');
    });

    afterAll(async () => {
      await gateway.stop();
      await stranger.stop();
    });

    function ask(target: string, headers: readonly string[] = [], method = 'GET'): Promise<RawResponse> {
      return askRaw(`GET ${path}`, [`${methodName}: ${method}`, `${targetName}: ${target}`, ...headers]);
    }

    function askRaw(line: string, headers: readonly string[]): Promise<RawResponse> {
      return sendRaw(gateway.port, rawRequest(line, headers));
    }

    it('allow by 200 with the whole set of identity headers and no body', async () => {
      const response = await ask('/patients/p-100/vitals', [gateway.credentials.doctor]);
      expect(response).toMatchObject({ status: 200, body: '' });
      for (const [field, value] of [
        ['x-user-id', `usr_${'d'.repeat(32)}`],
        ['x-user-roles', 'doctor'],
        ['x-consumer-username', 'doctor@demo.test'],
        ['x-session-id', `ses_${'5'.repeat(32)}`],
        ['x-identity-assertion', ''],
        ['cache-control', 'no-store'],
      ] as const)
        expect(fieldValues(response.headers, field), field).toEqual([value]);
    });

    it('get identity from nobody but Wardgate, on public routes neither (1, 8)', async () => {
      const planted = [
        'X-User-Id: usr_evil',
        'x-user-roles: admin',
        'X_User_Id: usr_evil',
        'X-Session-Id: ses_evil',
      ];
      const response = await ask('/public/x', planted);
      expect(response.status).toBe(200);
      for (const field of ['x-user-id', 'x-user-roles', 'x-consumer-username', 'x-session-id'])
        expect(fieldValues(response.headers, field)).toEqual(['']);
    });

    it.each(['_', 'mixed'])('ignore headers spelled with an underscore (3): %s', async (kind) => {
      const folded = kind === '_' ? targetName.replaceAll('-', '_') : targetName.replace('-', '_');
      const beside = [`${methodName}: GET`, `${targetName}: /doctors/x`, `${folded}: /public/x`];
      expect((await askRaw(`GET ${path}`, beside)).status).toBe(401);
      expect((await askRaw(`GET ${path}`, [`${methodName}: GET`, `${folded}: /public/x`])).status).toBe(400);
    });

    it('are refused when a header stands twice (4)', async () => {
      const { doctor, patient, doctorCookie } = gateway.credentials;
      expect((await ask('/public/x', [`${targetName}: /public/x`])).status).toBe(400);
      expect((await ask('/public/x', [`${targetName.toLowerCase()}: /public/y`])).status).toBe(400);
      expect((await ask('/public/x', [`${methodName}: GET`])).status).toBe(400);
      expect((await ask('/public/x', [], 'GET, POST')).status).toBe(400);
      expect((await ask('/doctors/x', [doctor, patient])).status).toBe(400);
      expect((await ask('/doctors/x', [doctorCookie, doctorCookie])).status).toBe(400);
    });

    it.each([
      'X-Middleware-Subrequest: middleware',
      'X-Original-Path: /public/x',
      'X-Original-URL: /public/x',
      'X-Rewrite-URL: /public/x',
    ])('are not swayed by %s (9)', async (header) => {
      expect((await ask('/doctors/x', [header])).status).toBe(401);
    });

    it.each(AMBIGUOUS_PATHS)(
      'are refused for a target with two readings (11, 12, 14-16): %j',
      async (target) => {
        const { status, headers } = await ask(target, [gateway.credentials.doctor]);
        expect(status).toBe(400);
        expect(fieldValues(headers, 'x-user-id')).toEqual([]);
      },
    );

    it('judge an encoded letter as the letter, and case as it is (13)', async () => {
      expect((await ask('/%64octors/x', [gateway.credentials.patient])).status).toBe(403);
      expect((await ask('/%64octors/x', [gateway.credentials.doctor])).status).toBe(200);
      expect((await ask('/Doctors/x', [gateway.credentials.doctor])).status).toBe(404);
    });

    it.each([
      '/doctors/x?x=/public/x',
      '/doctors/x?/../../public/x',
      '/doctors/x?rd=/public/x&allowed_groups=patient',
    ])('never interpret a query (14, 24): %s', async (target) => {
      expect((await ask(target, [gateway.credentials.patient])).status).toBe(403);
    });

    it.each(['/publicdoctors', '/publi', '/x/public/x', '/public.evil/x'])(
      'match whole segments (17): %s',
      async (target) => {
        expect((await ask(target, [gateway.credentials.doctor])).status).toBe(404);
      },
    );

    it('are refused from a peer that is not trusted, whatever they carry (18)', async () => {
      const headers = [
        `${methodName}: GET`,
        `${targetName}: /public/x`,
        'X-Forwarded-For: 192.0.2.1',
        'X-Real-IP: 192.0.2.1',
      ];
      const response = await sendRaw(
        stranger.port,
        rawRequest(`GET ${path}`, [...headers, stranger.credentials.doctor]),
      );
      expect(response.status).toBe(403);
      expect(fieldValues(response.headers, 'x-user-id')).toEqual([]);
    });

    it('decide by the original method alone (21)', async () => {
      const { doctor } = gateway.credentials;
      const override = ['X-HTTP-Method-Override: GET', 'X-HTTP-Method: GET', 'X-Method-Override: GET'];
      expect((await ask('/patients/p-100/x?_method=GET', [doctor, ...override], 'DELETE')).status).toBe(405);
      for (const method of ['get', 'TRACE', 'CONNECT', 'GETS'])
        expect((await ask('/patients/p-100/x', [doctor], method)).status, method).toBe(405);
      for (const method of ['TRACE', 'CONNECT'])
        expect((await ask('/public/x', [], method)).status, method).toBe(405);
    });

    it('are refused without a description of the original request, never judged by their own line (22)', async () => {
      const { doctor } = gateway.credentials;
      expect((await askRaw(`GET ${path}?target=/public/x`, [doctor])).status).toBe(400);
      expect((await askRaw(`GET ${path}`, [doctor, `${methodName}: GET`])).status).toBe(400);
      expect((await askRaw(`GET ${path}`, [doctor, `${targetName}: /public/x`])).status).toBe(400);
      expect((await askRaw(`GET ${path}`, [doctor, `${methodName}:`, `${targetName}:`])).status).toBe(400);
    });

    it.each(['/health', '/ready', '/metrics', '/'])(
      'are not taken for something else by a suffix (23): %s',
      async (suffix) => {
        const headers = [`${methodName}: GET`, `${targetName}: /public/x`, 'User-Agent: GoogleHC/1.0'];
        const response = await askRaw(`GET ${path}${suffix}`, headers);
        expect(fieldValues(response.headers, 'x-user-id')).toEqual([]);
        expect((await ask('/doctors/x', ['User-Agent: kube-probe/1.30'])).status).toBe(401);
        expect((await ask(suffix)).status).not.toBe(200);
      },
    );

    it.each([`${path}?rd=/public/x`, `${path}?allowed_groups=admin&skip=1`])(
      'ignore settings in their own query (24): %s',
      async (line) => {
        const headers = [`${methodName}: GET`, `${targetName}: /doctors/x`];
        expect((await askRaw(`GET ${line}`, headers)).status).toBe(401);
      },
    );

    it('treat a cookie that cannot be ours as none (25)', async () => {
      for (const value of ['x', '%00', '"', 'a'.repeat(4000), '\xff\xfe']) {
        expect((await ask('/public/x', [`Cookie: __Host-wardgate_session=${value}`])).status).toBe(200);
        expect((await ask('/doctors/x', [`Cookie: __Host-wardgate_session=${value}`])).status).toBe(401);
      }
    });

    it('answer 503 with Retry-After, never 401 and never 200, when it cannot be told (26)', async () => {
      for (const target of ['/doctors/x', '/public/x']) {
        const response = await ask(target, [gateway.credentials.unverifiable]);
        expect(response.status).toBe(503);
        expect(fieldValues(response.headers, 'retry-after')).toEqual(['5']);
        expect(fieldValues(response.headers, 'www-authenticate')).toEqual([]);
      }
    });

    it('get an ordinary answer when they ask for an upgrade (28)', async () => {
      const handshake = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      expect((await ask('/alerts/ws', handshake)).status).toBe(401);
      expect((await ask('/alerts/ws', [gateway.credentials.doctor, ...handshake])).status).toBe(200);
    });

    it('know a WebSocket handshake of a foreign page without its Upgrade, which Traefik takes off (47)', async () => {
      const { doctorCookie } = gateway.credentials;
      const handshake = [
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        doctorCookie,
      ];
      expect((await ask('/alerts/ws', ['Origin: https://evil.test', ...handshake])).status).toBe(403);
      expect((await ask('/alerts/ws', ['Origin: https://wardgate.test', ...handshake])).status).toBe(200);
    });
  },
);
