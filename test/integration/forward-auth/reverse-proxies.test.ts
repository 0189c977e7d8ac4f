import { describe, expect, it } from 'vitest';
import { readCompactJws } from '../../../src/oauth/compact-jws.ts';
import type { CaseCredentials } from '../../support/forward-auth/forward-auth-gateway.ts';
import { fieldValues, REAL_PROXIES, useForwardAuth } from '../../support/forward-auth/forward-auth-setup.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';

interface Case {
  readonly line: string;
  readonly as?: keyof CaseCredentials;
  readonly headers?: readonly string[];
  readonly status: number;
  /** Which service is reached, where one is. */
  readonly service?: 'patients' | 'doctors' | 'alerts';
  /** Headers of the answer. */
  readonly answered?: Readonly<Record<string, readonly string[]>>;
  readonly code?: string;
}

const BARE_CHALLENGE = { 'www-authenticate': ['Bearer'] };
const INSUFFICIENT = { 'www-authenticate': ['Bearer error="insufficient_scope"'] };

const CASES: readonly Case[] = [
  { line: 'GET /patients/p-100/vitals', as: 'doctor', status: 200, service: 'patients' },
  { line: 'GET /patients/p-100/vitals', as: 'patient', status: 200, service: 'patients' },
  {
    line: 'GET /patients/p-101/vitals',
    as: 'patient',
    status: 403,
    answered: INSUFFICIENT,
    code: 'insufficient_scope',
  },
  { line: 'GET /patients/p-100/vitals', status: 401, answered: BARE_CHALLENGE, code: 'credential_missing' },
  { line: 'GET /patients/p-100', as: 'doctorCookie', status: 200, service: 'patients' },
  {
    line: 'GET /patients/p-100/vitals',
    as: 'invalid',
    status: 401,
    answered: { 'www-authenticate': ['Bearer error="invalid_token"'] },
    code: 'invalid_token',
  },
  {
    line: 'GET /patients/p-100/vitals',
    as: 'unverifiable',
    status: 503,
    answered: { 'retry-after': ['5'], 'www-authenticate': [] },
    code: 'temporarily_unavailable',
  },
  {
    line: 'DELETE /patients/p-100/vitals',
    as: 'doctor',
    status: 405,
    answered: { allow: ['GET, HEAD, POST'] },
    code: 'method_not_allowed',
  },
  { line: 'GET /doctors/d-200', as: 'doctor', status: 200, service: 'doctors' },
  { line: 'GET /doctors/d-200', as: 'patient', status: 403, answered: INSUFFICIENT },
  { line: 'GET /alerts/recent', as: 'doctor', status: 200, service: 'alerts' },
  { line: 'GET /public/opening-hours', status: 200, service: 'patients' },
  { line: 'GET /public/opening-hours', as: 'foreign', status: 200, service: 'patients' },
  { line: 'GET /public/opening-hours', as: 'invalid', status: 401, code: 'invalid_token' },
  { line: 'GET /public/opening-hours', as: 'unverifiable', status: 503, code: 'temporarily_unavailable' },
  { line: 'GET /patients', as: 'doctor', status: 404, code: 'no_route' },
  { line: 'GET /nowhere', as: 'doctor', status: 404 },
  { line: 'GET /public/%zz', status: 400 },
  {
    line: 'POST /patients/p-100/notes',
    as: 'doctorCookie',
    headers: ['Origin: https://evil.test', 'Content-Length: 0'],
    status: 403,
    code: 'origin_mismatch',
  },
  {
    line: 'POST /patients/p-100/notes',
    as: 'doctorCookie',
    headers: ['Origin: https://wardgate.test', 'Content-Length: 0'],
    status: 200,
    service: 'patients',
  },
];

for (const { name, versionArgument, start } of REAL_PROXIES) {
  describe.skipIf(!hasProgram(name, versionArgument))(`forward-auth through ${name}`, () => {
    const setup = useForwardAuth(start);

    it.each(CASES)(
      'answers $status to $line as $as',
      async ({ line, as, headers = [], status, service, answered, code }) => {
        const credential = as === undefined ? [] : [setup.credentials()[as]];
        const { response, received } = await setup.send(line, [...credential, ...headers]);
        expect(response.status).toBe(status);
        expect(received.map((request) => request.service)).toEqual(service === undefined ? [] : [service]);
        for (const [field, values] of Object.entries(answered ?? {}))
          expect(fieldValues(response.headers, field), field).toEqual(values);
        if (code === undefined) return;
        expect(JSON.parse(response.body)).toMatchObject({ status, code, request_id: 'req_test' });
        expect(fieldValues(response.headers, 'content-type')).toEqual(['application/problem+json']);
        expect(fieldValues(response.headers, 'cache-control')).toEqual(['no-store']);
      },
    );

    it('tells the service who is calling', async () => {
      const { received } = await setup.send('GET /patients/p-100/vitals', [setup.credentials().doctor]);
      expect(Object.fromEntries(received[0]?.headers ?? [])).toMatchObject({
        'x-user-id': `usr_${'d'.repeat(32)}`,
        'x-user-roles': 'doctor',
        'x-consumer-username': 'doctor@demo.test',
        'x-session-id': `ses_${'5'.repeat(32)}`,
      });
    });

    it('hands the assertion on where the route sends one, and an empty one for nobody', async () => {
      const doctor = await setup.send('GET /doctors/asserted', [setup.credentials().doctor]);
      const assertions = fieldValues(doctor.received[0]?.headers ?? [], 'x-identity-assertion');
      expect(assertions.map((assertion) => readCompactJws(assertion)?.payload)).toMatchObject([
        { aud: 'doctors', sub: `usr_${'d'.repeat(32)}` },
      ]);
      const planted = ['X-Identity-Assertion: evil', 'X_Identity_Assertion: evil'];
      const nobody = await setup.send('GET /public/asserted', planted);
      expect(fieldValues(nobody.received[0]?.headers ?? [], 'x-identity-assertion')).toEqual(['']);
    });

    it.each([
      '/public/x',
      '/public/x?y=%2F..%2F#'.slice(0, -1),
      '/%70ublic/x',
      '/public/caf%C3%A9/',
      "/public/a'(b)*",
    ])('forwards %s as it came, query and all', async (target) => {
      const { response, received } = await setup.send(`GET ${target}`);
      expect([response.status, received[0]?.url]).toEqual([200, target]);
    });

    it('never forwards an empty segment: Caddy merges it before it asks, with nginx it is refused', async () => {
      const { response, received } = await setup.send('GET //public///x?y=//');
      expect([response.status, received[0]?.url]).toEqual(
        name === 'caddy' ? [200, '/public/x?y=//'] : [400, undefined],
      );
    });

    it('reads an absolute target in one way: Caddy as its path, with nginx it is refused', async () => {
      const { response, received } = await setup.send('GET http://public/public/x');
      expect([response.status, received[0]?.url]).toEqual(
        name === 'caddy' ? [200, '/public/x'] : [400, undefined],
      );
    });

    it('passes the body of a request with a length', async () => {
      const headers = [setup.credentials().doctor, 'Content-Length: 5'];
      const { response, received } = await setup.send('POST /patients/p-100/notes', headers, 'hello');
      expect([response.status, received[0]?.method, received[0]?.bodyBytes]).toEqual([200, 'POST', 5]);
    });

    it('passes the body of a chunked request', async () => {
      const headers = [setup.credentials().doctor, 'Transfer-Encoding: chunked'];
      const body = '5\r\nhello\r\n0\r\n\r\n';
      const { response, received } = await setup.send('POST /patients/p-100/notes', headers, body);
      expect([response.status, received[0]?.bodyBytes]).toEqual([200, 5]);
    });

    it('lets a WebSocket through that is allowed, and no other', async () => {
      const handshake = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      const { doctor, patient } = setup.credentials();
      const allowed = await setup.send('GET /alerts/ws', [doctor, ...handshake]);
      expect([allowed.response.status, allowed.received[0]?.service]).toEqual([101, 'alerts']);
      for (const denied of [
        await setup.send('GET /alerts/ws', [patient, ...handshake]),
        await setup.send('GET /alerts/ws', handshake),
      ])
        expect(denied).toMatchObject({
          response: { status: expect.toSatisfy((s) => s === 401 || s === 403) },
          received: [],
        });
    });

    it("refuses a WebSocket that a page of another origin opens with the user's cookie", async () => {
      const handshake = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      const headers = [setup.credentials().doctorCookie, 'Origin: https://evil.test', ...handshake];
      const { response, received } = await setup.send('GET /alerts/ws', headers);
      expect([response.status, received]).toEqual([403, []]);
    });

    it('answers a preflight without a credential, and sends no identity with it', async () => {
      const headers = ['Origin: https://app.test', 'Access-Control-Request-Method: GET'];
      const { response, received } = await setup.send('OPTIONS /patients/p-100/vitals', headers);
      expect([response.status, received[0]?.method]).toEqual([200, 'OPTIONS']);
      expect(fieldValues(received[0]?.headers ?? [], 'x-user-id')).toEqual(['']);
    });

    it('passes log in and the key set on to Wardgate', async () => {
      const { response } = await setup.send('GET /.well-known/jwks.json');
      expect(fieldValues(response.headers, 'x-answered-by')).toEqual(['wardgate']);
    });
  });
}
