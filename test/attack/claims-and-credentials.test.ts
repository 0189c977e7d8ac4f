import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADER_NAMES } from '../../src/gateway/identity-headers/identity-header-names.ts';
import {
  type AttackedWardgate,
  STRANGER,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { fieldsNamed, NO_IDENTITY, seenIdentity } from '../support/attack/identity-fields.ts';
import { okResponse } from '../support/servers/recording-upstream.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

describe('claims that become headers', () => {
  it.each([
    'a\r\nX-User-Roles: admin',
    'a\0',
    'a\nb',
    'Zoë',
    'a\u2028',
    '\ud800',
    ' a',
    'a\t',
    'x'.repeat(2000),
  ])('attack 6: are refused where no header can hold them, never split or altered: %j', async (value) => {
    for (const claims of [{ sub: value }, { preferred_username: value }, { sid: value }]) {
      const token = await wardgate.foreignToken(claims);
      const { response, reached } = await wardgate.send('GET /doctors/x', [`Authorization: Bearer ${token}`]);
      expect(response.status, JSON.stringify(claims)).toBe(401);
      expect(reached).toEqual([]);
    }
  });

  it.each([
    'physician,admin',
    'physician admin',
    'admin',
    'doctor',
    'physician\0',
    'constructor',
    '__proto__',
    '',
  ])('attack 7: a role that the map does not name gives no role: %j', async (role) => {
    const token = await wardgate.foreignToken({ realm_access: { roles: [role] } });
    const { response, reached } = await wardgate.send('GET /doctors/x', [`Authorization: Bearer ${token}`]);
    expect([401, 403]).toContain(response.status);
    expect(reached).toEqual([]);
  });

  it('attack 8: a claim that is missing makes an empty header, and the client cannot fill it', async () => {
    const token = await wardgate.foreignToken({ preferred_username: undefined, realm_access: undefined });
    const planted = IDENTITY_HEADER_NAMES.map((name) => `${name}: evil`);
    const request = await wardgate.reach('GET /public/x', [...planted, `Authorization: Bearer ${token}`]);
    expect(seenIdentity(request)).toEqual({
      ...NO_IDENTITY,
      'x-user-id': expect.stringMatching(/^7d0c1c52/),
    });
  });
});

describe('what a request says to Wardgate alone', () => {
  it.each([
    ...[
      'X-Middleware-Subrequest: middleware:middleware:middleware',
      'X-Original-Path: /public/x',
      'X-Wardgate-Skip: 1',
    ],
    ...[
      'X-Forwarded-Prefix: /public',
      'X-Internal: 1',
      'X-Auth-Request-Redirect: /public/x',
      'X-Wardgate-Route: public-info',
    ],
    ...[
      'Purpose: prefetch',
      'Early-Data: 1',
      'Max-Forwards: 0',
      'X-Forwarded-User: admin',
      'Remote-User: admin',
    ],
  ])('attack 9: "%s" switches no step off', async (header) => {
    for (const from of ['127.0.0.1', STRANGER])
      expect((await wardgate.send('GET /doctors/x', [header], { from })).response.status).toBe(401);
  });

  it('attack 10: our cookies and Authorization do not reach the service; other cookies are untouched', async () => {
    const session = wardgate.cookie('doctor').slice('Cookie: '.length);
    const cookie = `Cookie: theme="a, b"; ${session};lang=de;  access_token=x; refresh_token=y; z`;
    const request = await wardgate.reach('GET /doctors/x', [
      cookie,
      'Proxy-Authorization: Basic eA==',
      'X-API-Key: k',
    ]);
    expect(fieldsNamed(request, 'cookie')).toEqual([['Cookie', 'theme="a, b";lang=de; z']]);
    for (const name of ['authorization', 'proxy-authorization', 'x-api-key'])
      expect(fieldsNamed(request, name)).toEqual([]);
    const bearer = await wardgate.reach('GET /doctors/x', [wardgate.bearer('doctor'), 'Cookie: a=b']);
    expect(fieldsNamed(bearer, 'authorization')).toEqual([]);
    expect(fieldsNamed(bearer, 'cookie')).toEqual([['Cookie', 'a=b']]);
  });

  it.each([
    ...[
      '__Host-wardgate_session = T',
      '__host-WARDGATE_SESSION=T',
      ' \t__Host-wardgate_session\t=T',
      'access_token="T"',
    ],
    ...[
      '$Version=1; access_token=T; $Path="/"',
      'wardgate_session=T',
      'ACCESS_TOKEN=T',
      'a="x; refresh_token=T; y"',
    ],
    ...[
      'access_token',
      'access_token;access_token=T',
      'a=b; __Host-wardgate_session=T; __Host-wardgate_session=T',
    ],
  ])('attack 10: a cookie of ours in any spelling does not reach the service: %j', async (value) => {
    const { reached } = await wardgate.send('GET /public/x', [
      `Cookie: ${value.replace(/(?<=="?)T/g, 'top-secret')}`,
    ]);
    for (const request of reached) expect(JSON.stringify(request.fields)).not.toContain('top-secret');
  });

  it('attack 10: a service cannot plant a cookie of ours, nor identity headers', async () => {
    const planted = [
      '__Host-wardgate_session=x',
      'ACCESS_TOKEN=x',
      '\taccess_token\t=x',
      'refresh_token',
      '=access_token=x',
      ' = =access_token=x',
    ];
    const lines = [
      ...planted.map((cookie) => `Set-Cookie: ${cookie}; Path=/`),
      'X_User_Id: x',
      'Set-Cookie: theme=dark',
      'Set-Cookie: =a',
    ];
    wardgate.upstream.respond = () =>
      `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`;
    const { response } = await wardgate.send('GET /public/x');
    const set = response.headers.filter(([name]) => /set-cookie|user/.test(name)).map(([, value]) => value);
    // Without a name, some browsers send the value alone, which then reads as a cookie with a name.
    expect(set).toEqual(['theme=dark', '=a']);
    wardgate.upstream.respond = () => okResponse('served');
  });

  it('attack 10: Authorization spelled otherwise does not reach a service as such', async () => {
    for (const name of ['Authorization_', 'AUTHORIZATION', 'X_Api_Key', 'Proxy_Authorization']) {
      const { reached } = await wardgate.send('GET /public/x', [`${name}: Bearer evil`]);
      for (const request of reached)
        for (const wanted of ['authorization', 'x-api-key', 'proxy-authorization'])
          expect(fieldsNamed(request, wanted)).toEqual([]);
    }
  });
});
