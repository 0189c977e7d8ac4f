import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldValues, REAL_PROXIES, useForwardAuth } from '../support/forward-auth/forward-auth-setup.ts';
import { hasProgram } from '../support/programs/real-parts.ts';

/** The paths that some service or other could take a request target for: decoded again and again, dots resolved, parameters cut. */
function readings(target: string): readonly string[] {
  const found = new Set<string>();
  let path = target.split(/[?#]/, 1)[0] ?? '';
  for (let round = 0; round < 3; round += 1) {
    const slashed = path.replaceAll('\\', '/');
    for (const reading of [slashed, slashed.replaceAll(/;[^/]*/g, ''), slashed.replace(/^\/\/[^/]*/, '')])
      found.add(new URL(`http://host/${reading.replace(/^\/+/, '')}`).pathname.replaceAll(/\/{2,}/g, '/'));
    path = path.replaceAll(/%([0-9a-f]{2})/gi, (_whole, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return [...found];
}

for (const { name, versionArgument, start } of REAL_PROXIES) {
  describe.skipIf(!hasProgram(name, versionArgument))(`paths through ${name}`, () => {
    const setup = useForwardAuth(start);

    it.each([
      ...[
        '/public/../doctors/x',
        '/public/%2e%2e/doctors/x',
        '/public/.%2e/doctors/x',
        '/public/..%2fdoctors/x',
      ],
      ...[
        '/public/..;/doctors/x',
        '/public/%252e%252e/doctors/x',
        '/public/..%5cdoctors/x',
        '/public/..\\doctors/x',
      ],
      ...[
        '/doctors/x#/../../public/x',
        '/doctors/x%23/../../public/x',
        '/doctors/x;/../../public/x',
        '/doctors;x=/public/x',
      ],
      ...[
        '/public/%00',
        '/public/%',
        '/public/%zz',
        '/public/%c0%ae%c0%ae/doctors',
        '/public%2fx',
        '/public/%0a',
      ],
    ])('refuses %s, and no service hears of it (11, 12, 14, 16)', async (target) => {
      const { response, received } = await setup.send(`GET ${target}`, [setup.credentials().doctor]);
      expect([400, 404]).toContain(response.status);
      expect(received).toEqual([]);
    });

    it.each([
      '//doctors/x',
      '/%64octors/x',
      '//public/../doctors/x',
      '/public//../doctors/x',
      '//public/x/../../doctors/x',
      'http://clinic.example/doctors/x',
      'http://public/doctors/x',
    ])('does not let a patient to the doctors by %s (12, 13, 15)', async (target) => {
      const { response, received } = await setup.send(`GET ${target}`, [setup.credentials().patient]);
      expect([400, 403, 404]).toContain(response.status);
      expect(received).toEqual([]);
    });

    it('lets no spelling of a path through to what its caller may not have', async () => {
      const part = fc.constantFrom(
        ...[
          '/',
          '//',
          '..',
          '.',
          '%2e',
          '%2E%2e',
          '%2f',
          '%5c',
          '\\',
          ';',
          '%3b',
          '%25',
          '%252e',
          '#',
          '%23',
          '?',
          '%00',
          '%64',
          '@',
          ':',
          '*',
        ],
        ...[
          'public',
          '/public/',
          'doctors',
          '/doctors/',
          '/patients/p-100',
          '/patients/p-101',
          '/_gateway/auth',
          'x',
          '%c0%ae',
        ],
      );
      const { patient } = setup.credentials();
      await fc.assert(
        fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
          const { received } = await setup.send(`GET /${parts.join('').replace(/^\//, '')}`, [patient]);
          for (const request of received)
            for (const reading of readings(request.url))
              expect(reading).toMatch(/^\/(public|patients\/p-100)(\/|$)/);
        }),
        { numRuns: 200 },
      );
    });

    it.each([
      '/_gateway/auth/nginx',
      '/_gateway/auth/caddy',
      '/_Gateway/auth/nginx',
      '//_gateway/auth/nginx',
      '/%5fgateway/auth/nginx',
      '/v1/..%2f_gateway/auth/nginx',
      '/v1/../_gateway/auth/caddy',
      '/v1/%2e%2e/_gateway/auth/nginx',
    ])('lets nobody ask Wardgate from outside: %s (18, 23)', async (target) => {
      const described = [
        'X-Original-Method: GET',
        'X-Original-URI: /public/x',
        'X-Forwarded-Method: GET',
        'X-Forwarded-Uri: /public/x',
      ];
      const { response } = await setup.send(`GET ${target}`, described);
      expect([400, 404]).toContain(response.status);
      expect(fieldValues(response.headers, 'x-user-id')).toEqual([]);
    });

    it.each([
      '/doctors/x?rd=/public/x',
      '/doctors/x?allowed_groups=patient',
      '/doctors/health',
      '/doctors/x?/public/x',
    ])('has no way around by a query or a health check: %s (14, 23, 24)', async (target) => {
      const headers = [setup.credentials().patient, 'User-Agent: GoogleHC/1.0', 'X-Middleware-Subrequest: 1'];
      expect((await setup.send(`GET ${target}`, headers)).response.status).toBe(403);
    });
  });
}
