import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/gateway/forward-auth/dialects.ts';
import {
  type AttackedWardgate,
  STRANGER,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { fieldsNamed } from '../support/attack/identity-fields.ts';
import type { UpstreamRequest } from '../support/servers/recording-upstream.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

/** The one value of a field that the service saw. */
function fieldValue(request: UpstreamRequest, name: string): string | undefined {
  const fields = fieldsNamed(request, name);
  expect(fields.length, name).toBeLessThanOrEqual(1);
  return fields[0]?.[1];
}

/** Headers that describe the request, its client or the way it came. */
const FAMILY = [
  ...[
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-Port: 1',
    'X-Forwarded-Prefix: /evil',
  ],
  ...[
    'X-Forwarded-Server: evil',
    'X-Forwarded-For: 9.9.9.9',
    'X-Real-IP: 9.9.9.9',
    'Forwarded: for=9.9.9.9;host=evil.test',
  ],
  ...[
    'X-Forwarded-Uri: /public/x',
    'X-Forwarded-Method: GET',
    'X-Forwarded-Ssl: on',
    'X-Forwarded-Scheme: https',
  ],
  ...[
    'X-Original-URL: /public/x',
    'X-Original-URI: /public/x',
    'X-Original-Method: GET',
    'X-Rewrite-URL: /public/x',
  ],
  ...[
    'X-Client-IP: 9.9.9.9',
    'X-Cluster-Client-IP: 9.9.9.9',
    'True-Client-IP: 9.9.9.9',
    'CF-Connecting-IP: 9.9.9.9',
  ],
  ...[
    'X-Forwarded: for=9.9.9.9',
    'Forwarded-For: 9.9.9.9',
    'X-Envoy-External-Address: 9.9.9.9',
    'Client-IP: 9.9.9.9',
  ],
  ...['Front-End-Https: on', 'X-Url-Scheme: https', 'X-Original-Host: evil.test', 'X-Host: evil.test'],
  ...[
    'Fastly-Client-IP: 9.9.9.9',
    'X-Azure-ClientIP: 9.9.9.9',
    'X-ProxyUser-Ip: 9.9.9.9',
    'X-Original-Forwarded-For: 9.9.9.9',
  ],
];

describe('a peer that is not trusted', () => {
  it('attack 18: is not heard on the forward-auth paths', async () => {
    const described = [
      'X-Original-Method: GET',
      'X-Original-URI: /public/x',
      'X-Forwarded-Method: GET',
      'X-Forwarded-Uri: /public/x',
    ];
    for (const { path } of DIALECTS)
      for (const extra of [
        [],
        [wardgate.bearer('admin')],
        ['X-Forwarded-For: 127.0.0.1'],
        ['Forwarded: for=127.0.0.1'],
      ]) {
        const { response } = await wardgate.send(`GET ${path}`, [...described, ...extra], { from: STRANGER });
        expect(response.status).toBe(403);
        expect(response.headers.map(([name]) => name)).not.toContain('x-user-id');
      }
  });

  it('attack 18: has no say in what is judged by describing another request', async () => {
    for (const from of [STRANGER, '127.0.0.1']) {
      const { response, reached } = await wardgate.send('POST /secret', FAMILY, { from });
      expect(response.status).toBe(401);
      expect(reached).toEqual([]);
    }
  });

  it('attack 19: has the whole family replaced or dropped', async () => {
    const request = await wardgate.reach('GET /public/x', FAMILY, { from: STRANGER });
    expect(fieldValue(request, 'x-forwarded-for')).toBe(STRANGER);
    expect(fieldValue(request, 'x-forwarded-proto')).toBe('http');
    expect(fieldValue(request, 'x-forwarded-host')).toBe('clinic.example');
    expect(JSON.stringify(request)).not.toMatch(/9\.9\.9\.9|evil|https|\/public\/x.*\/public\/x/);
  });

  it.each([
    'X_Forwarded_For',
    'x_forwarded-proto',
    'X-FORWARDED_HOST',
    'X_Real_IP',
    'X.Forwarded.For',
    'X_Forwarded.Proto',
  ])('attack 19: has no say by the spelling %s', async (name) => {
    for (const from of [STRANGER, '127.0.0.1']) {
      const request = await wardgate.reach('GET /public/x', [`${name}: evil`], { from });
      expect(JSON.stringify(request)).not.toContain('evil');
    }
  });

  it('attack 20: is the client, whatever it says', async () => {
    for (const value of [
      '10.0.0.1',
      '127.0.0.1',
      '::ffff:127.0.0.1',
      '127.0.0.1, 127.0.0.1',
      'unknown',
      '',
      ',',
      '\xff',
    ])
      expect(
        fieldValue(
          await wardgate.reach('GET /public/x', [`X-Forwarded-For: ${value}`], { from: STRANGER }),
          'x-forwarded-for',
        ),
      ).toBe(STRANGER);
  });
});

describe('a peer that is trusted', () => {
  it('attack 20: adds itself to the chain, so that no entry of the client is the last', async () => {
    const entry = fc.constantFrom(
      '9.9.9.9',
      '127.0.0.1',
      '::ffff:127.0.0.1',
      'fe80::1%eth0',
      '1.2.3.4:80',
      '[::1]:9',
      ' ',
      '',
      'x',
      '\xe9',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(entry, { maxLength: 4 }), { maxLength: 3 }), async (fields) => {
        const lines = fields.map((entries) => `X-Forwarded-For: ${entries.join(',')}`);
        const chain = fieldValue(await wardgate.reach('GET /public/x', lines), 'x-forwarded-for');
        expect(chain).toMatch(/(^|, )127\.0\.0\.1$/);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['X-Forwarded-Proto: gopher', 'x-forwarded-proto', 'http'],
    ['X-Forwarded-Proto: https, http', 'x-forwarded-proto', 'http'],
    ['X-Forwarded-Proto: HTTPS', 'x-forwarded-proto', 'https'],
    ['X-Forwarded-Host: a@b', 'x-forwarded-host', 'clinic.example'],
    ['X-Forwarded-Host: a, b', 'x-forwarded-host', 'clinic.example'],
    ['X-Forwarded-Host: a/b?c', 'x-forwarded-host', 'clinic.example'],
    ['X-Forwarded-Host: GATE.test.:80', 'x-forwarded-host', 'gate.test'],
  ])('attack 19: is believed only what has one reading: %s', async (line, name, value) => {
    expect(fieldValue(await wardgate.reach('GET /public/x', [line]), name)).toBe(value);
    const twice = await wardgate.reach('GET /public/x', [line, line]);
    expect(fieldValue(twice, name)).toBe(name === 'x-forwarded-proto' ? 'http' : 'clinic.example');
  });

  it('attack 19: passes nothing of the family on but what is set here', async () => {
    const request = await wardgate.reach('GET /public/x', FAMILY);
    const kept = FAMILY.map((line) => line.split(':', 1)[0] ?? '').filter(
      (name) => fieldValue(request, name) !== undefined,
    );
    for (const name of kept)
      expect(['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host']).toContain(name);
  });
});

describe('the method', () => {
  it('attack 21: is that of the request line alone', async () => {
    const overrides = [
      'X-HTTP-Method-Override',
      'X_HTTP_Method_Override',
      'X-HTTP-Method',
      'X-Method-Override',
    ];
    const lines = overrides.map((name) => `${name}: DELETE`);
    const request = await wardgate.reach('GET /patients/p-100/x?_method=DELETE', [
      ...lines,
      wardgate.bearer('doctor'),
    ]);
    expect(request.method).toBe('GET');
    for (const name of overrides) expect(fieldsNamed(request, name)).toEqual([]);
    const denied = await wardgate.send('DELETE /patients/p-100/x?_method=GET', [
      ...overrides.map((name) => `${name}: GET`),
      wardgate.bearer('doctor'),
    ]);
    expect(denied.response.status).toBe(405);
    expect(denied.reached).toEqual([]);
  });

  it.each([
    'get',
    'Get',
    'GETS',
    'GE',
    'FOO',
    'G\xcbT',
    'GET\0',
    '',
    'GET /public/x HTTP/1.1\r\nGET',
    'PROPFIND',
    'QUERY',
    'SOURCE',
    'PURGE',
  ])('attack 21: %j is not GET', async (method) => {
    const { response, reached } = await wardgate.send(`${method} /patients/p-100/x`, [
      wardgate.bearer('doctor'),
    ]);
    expect([400, 405]).toContain(response.status);
    expect(reached).toEqual([]);
  });

  it('attack 21: HEAD is judged like GET and passed as HEAD', async () => {
    const { response, reached } = await wardgate.send('HEAD /patients/p-101/x', [wardgate.bearer('patient')]);
    expect([response.status, response.body, reached]).toEqual([403, '', []]);
    const passed = await wardgate.send('HEAD /patients/p-100/x', [wardgate.bearer('patient')]);
    expect(passed.reached).toMatchObject([{ method: 'HEAD' }]);
  });
});
