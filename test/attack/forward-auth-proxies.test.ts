import { describe, expect, it } from 'vitest';
import { fieldValues, REAL_PROXIES, useForwardAuth } from '../support/forward-auth/forward-auth-setup.ts';
import type { Received } from '../support/forward-auth/recording-service.ts';
import { hasProgram } from '../support/programs/real-parts.ts';

const IDENTITY = ['x-user-id', 'x-user-roles', 'x-consumer-username', 'x-session-id', 'x-identity-assertion'];
const DOCTOR = [`usr_${'d'.repeat(32)}`, 'doctor', 'doctor@demo.test', `ses_${'5'.repeat(32)}`];
const NOBODY = ['', '', '', ''];

/** Every identity header a service could read from what it received, by the readings of CGI-style servers too. */
function identitySeen(request: Received | undefined): readonly string[] {
  const seen = (request?.headers ?? []).map(([name, value]) => [name.replaceAll('_', '-'), value] as const);
  return IDENTITY.slice(0, 4).flatMap((name) =>
    seen.filter(([field]) => field === name).map(([, value]) => value),
  );
}

for (const { name, versionArgument, start } of REAL_PROXIES) {
  describe.skipIf(!hasProgram(name, versionArgument))(`attacks through ${name}`, () => {
    const setup = useForwardAuth(start);

    it.each([
      [
        'X-User-Id: evil',
        'X-User-Roles: admin',
        'X-Consumer-Username: evil',
        'X-Session-Id: evil',
        'X-Identity-Assertion: evil',
      ],
      [
        'x-user-id: evil',
        'X-USER-ROLES: admin',
        'x-CONSUMER-username: evil',
        'x-session-ID: evil',
        'x-identity-assertion: evil',
      ],
      [
        'X_User_Id: evil',
        'x-user_roles: admin',
        'X_Consumer-Username: evil',
        'X_SESSION_ID: evil',
        'X_Identity_Assertion: evil',
      ],
      ['X-User-Id: evil', 'X-User-Id: evil2', 'X-User-Roles: admin', 'X_User_Roles: admin'],
    ])('replaces identity headers of the client: %s (1, 2, 8)', async (...planted) => {
      for (const [line, credential, identity] of [
        ['GET /patients/p-100/x', [setup.credentials().doctor], DOCTOR],
        ['GET /public/x', [setup.credentials().doctor], DOCTOR],
        ['GET /public/x', [], NOBODY],
      ] as const) {
        const { received } = await setup.send(line, [...credential, ...planted]);
        expect(identitySeen(received[0])).toEqual(identity);
        expect(JSON.stringify(received)).not.toMatch(/evil|admin/);
      }
    });

    it("sends what is not known of a caller empty, not the client's own (8)", async () => {
      const planted = ['X-User-Roles: admin', 'X-Consumer-Username: evil', 'X-Session-Id: evil'];
      const { received } = await setup.send('GET /public/x', [setup.credentials().foreign, ...planted]);
      expect(identitySeen(received[0])).toEqual(['7d0c1c52-9f0a-4f0e-8c54-0a6f7f1b3a11', '', '', '']);
    });

    it('does not take up X_Original_URI and its like (3, 18, 21)', async () => {
      const planted = [
        'X-Original-URI',
        'X_Original_URI',
        'X-Original-URL',
        'X-Forwarded-Uri',
        'X_Forwarded_Uri',
        'X-Rewrite-URL',
      ]
        .map((header) => `${header}: /public/x`)
        .concat([
          'X-Original-Method: GET',
          'X-Forwarded-Method: GET',
          'X-HTTP-Method-Override: GET',
          'Forwarded: for=10.0.0.1',
        ]);
      const { patient, doctor } = setup.credentials();
      expect((await setup.send('GET /doctors/x', [patient, ...planted])).response.status).toBe(403);
      expect((await setup.send('DELETE /patients/p-100/x', [doctor, ...planted])).response.status).toBe(405);
      const { received } = await setup.send('GET /public/x', planted);
      expect(received[0]?.headers.map(([field]) => field.replaceAll('_', '-'))).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^(x-original-|x-forwarded-(uri|method)|x-rewrite|x-http-method|forwarded$)/),
        ]),
      );
    });

    it('refuses two Authorization headers and two session cookies (4)', async () => {
      const { doctor, patient, doctorCookie } = setup.credentials();
      expect(await setup.send('GET /doctors/x', [doctor, patient])).toMatchObject({
        response: { status: 400 },
        received: [],
      });
      expect(await setup.send('GET /doctors/x', [patient, doctor])).toMatchObject({
        response: { status: 400 },
        received: [],
      });
      expect(await setup.send('GET /doctors/x', [doctorCookie, doctorCookie])).toMatchObject({
        response: { status: 400 },
        received: [],
      });
    });

    it.each([
      'close, X-User-Id, X-User-Roles, X-Session-Id',
      'X-User-Id',
      'x-user-id, upgrade',
      'Upgrade, X-User-Roles',
    ])('keeps our headers although the client says Connection: %s (5)', async (connection) => {
      const { doctor } = setup.credentials();
      for (const upgrade of [
        [],
        ['Upgrade: h2c'],
        ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='],
      ]) {
        const { received } = await setup.send('GET /alerts/x', [
          doctor,
          `Connection: ${connection}`,
          ...upgrade,
        ]);
        expect(identitySeen(received[0])).toEqual(DOCTOR);
        expect(JSON.stringify(received)).not.toContain('h2c');
      }
    });

    it('keeps the credential from the services, and passes other cookies (10)', async () => {
      const { doctor, doctorCookie } = setup.credentials();
      const own = [
        'access_token=a',
        'refresh_token=b',
        '__Host-wardgate_session=c',
        'wardgate_session=d',
        'ACCESS_TOKEN=e',
      ];
      for (const [headers, cookies] of [
        [[doctor, 'X-Api-Key: k'], []],
        [[doctorCookie], ['theme=dark; lang=de']],
        [[doctor, `Cookie: ${own.slice(0, 3).join('; ')}`], []],
        [[doctor, 'Cookie: a=1; access_token=x; b=2; wardgate_session=y;c=3'], ['a=1; b=2;c=3']],
        [[doctor, 'Cookie: my_access_token=1; access_token_x=2'], ['my_access_token=1; access_token_x=2']],
      ] as const) {
        const { received } = await setup.send('GET /doctors/x', headers);
        expect(received).toHaveLength(1);
        for (const field of ['authorization', 'x-api-key'])
          expect(fieldValues(received[0]?.headers ?? [], field)).toEqual([]);
        expect(fieldValues(received[0]?.headers ?? [], 'cookie')).toEqual(cookies);
      }
      const { received } = await setup.send('GET /doctors/x', [
        doctor,
        `Cookie: ${own.join('; ')}; access_token=f;access_token=g`,
      ]);
      expect(fieldValues(received[0]?.headers ?? [], 'cookie').join()).not.toMatch(/wardgate|token/i);
    });

    it("tells services the client's address, not what the client claims (19, 20)", async () => {
      const claims = [
        'X-Forwarded-For: 10.0.0.1',
        'X-Forwarded-Host: evil.test',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Prefix: /evil',
        'X-Forwarded-Server: evil',
        'X-Real-IP: 10.0.0.1',
        'True-Client-IP: 10.0.0.1',
      ];
      const { received } = await setup.send('GET /public/x', claims);
      expect(fieldValues(received[0]?.headers ?? [], 'x-forwarded-for')).toEqual(['127.0.0.1']);
      expect(fieldValues(received[0]?.headers ?? [], 'x-forwarded-proto')).toEqual(['http']);
      expect(JSON.stringify(received)).not.toMatch(/evil|10\.0\.0\.1/);
    });

    it.each(['TRACE /public/x', 'CONNECT /public/x', 'get /patients/p-100/x', 'GETS /patients/p-100/x'])(
      'refuses %s (21, 28)',
      async (line) => {
        const { response, received } = await setup.send(line, [setup.credentials().doctor]);
        expect([400, 405]).toContain(response.status);
        expect(received).toEqual([]);
      },
    );

    it('answers 503, never 401 and never 200, when Wardgate is gone (26)', async () => {
      const { doctor } = setup.credentials();
      await setup.gateway().stop();
      for (const headers of [[doctor], []]) {
        for (const target of ['/public/x', '/doctors/x']) {
          const { response, received } = await setup.send(`GET ${target}`, headers);
          expect([response.status, received]).toEqual([503, []]);
          expect(fieldValues(response.headers, 'retry-after')).toEqual(['5']);
          expect(JSON.parse(response.body)).toMatchObject({ code: 'temporarily_unavailable' });
        }
      }
    });
  });
}
