import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PUBLIC_URL, policyOf, problemLines, problemsOf, RIGHT, wrong } from './policy-text.ts';

describe('a right policy file', () => {
  it('becomes the policy that the gateway works by', () => {
    const { issuers, upstreams, routes, core: _, ...rest } = policyOf(RIGHT);
    expect(rest).toEqual({
      trustedProxies: ['127.0.0.1/32'],
      credentials: ['bearer'],
      trustedOrigins: [],
      revocationGraceMs: 60_000,
      roleScopes: new Map([['doctor', ['alerts:read']]]),
    });
    expect(upstreams).toEqual([
      {
        id: 'patients',
        origin: 'http://127.0.0.1:9001',
        audience: 'patients',
        basePath: '',
        connectTimeoutMs: 5000,
        headersTimeoutMs: 30_000,
        idleTimeoutMs: 60_000,
      },
    ]);
    expect(issuers.map(({ id }) => id)).toEqual(['wardgate', 'keycloak']);
    expect(routes).toHaveLength(1);
    expect(routes[0]).toMatchObject({
      id: 'record',
      pattern: { text: '/patients/:patientId/**' },
      methods: new Set(['GET']),
      upstream: upstreams[0],
      live: false,
      forwardCredential: false,
      outlivesToken: false,
      assertion: false,
      access: {
        kind: 'rules',
        rules: [
          { roles: ['doctor'], scopes: undefined, where: [] },
          {
            roles: undefined,
            where: [
              { left: { kind: 'path', name: 'patientId' }, right: { kind: 'claim', path: ['patient_id'] } },
            ],
          },
        ],
      },
    });
  });

  it('takes our own core at the public address, with at+jwt tokens only', () => {
    expect(policyOf(RIGHT).issuers[0]).toEqual({
      id: 'wardgate',
      issuer: PUBLIC_URL,
      audience: 'clinic',
      narrowAudiences: new Set(['patients']),
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      types: ['at+jwt'],
      roles: { claimPath: ['roles'], map: undefined },
      keys: { kind: 'core' },
    });
  });

  it('takes a foreign issuer with RS256 alone and keys by discovery unless it says more', () => {
    expect(policyOf(RIGHT).issuers[1]).toEqual({
      id: 'keycloak',
      issuer: 'https://id.example/realms/clinic',
      audience: 'clinic',
      narrowAudiences: new Set(),
      algorithms: ['RS256'],
      types: ['jwt', 'at+jwt', undefined],
      roles: { claimPath: ['roles'], map: undefined },
      keys: { kind: 'discovery' },
    });
    const said = `realms/clinic
    algorithms: [ES384, EdDSA]
    types: [application/AT+JWT]
    roles: { claim: realm_access.roles, map: { Physician: doctor } }
    jwks_uri: http://127.0.0.1:9/keys?x=1
`;
    expect(policyOf(wrong('realms/clinic\n', said)).issuers[1]).toMatchObject({
      algorithms: ['ES384', 'EdDSA'],
      types: ['at+jwt'],
      roles: { claimPath: ['realm_access', 'roles'], map: new Map([['Physician', 'doctor']]) },
      keys: { kind: 'jwks_uri', uri: 'http://127.0.0.1:9/keys?x=1' },
    });
  });

  it('reads a claim with dots in its name from a list', () => {
    const text = wrong(
      'realms/clinic\n',
      'realms/clinic\n    roles: { claim: ["https://id.example/roles"] }\n',
    );
    expect(policyOf(text).issuers[1]?.roles.claimPath).toEqual(['https://id.example/roles']);
  });

  it('puts the base path and the timeouts of an upstream apart', () => {
    const text = wrong(
      '9001',
      '9001/base/\n    timeout: 10s\n    connect_timeout: 250ms\n    idle_timeout: 1d',
    );
    expect(policyOf(text).upstreams[0]).toMatchObject({
      origin: 'http://127.0.0.1:9001',
      basePath: '/base',
      connectTimeoutMs: 250,
      headersTimeoutMs: 10_000,
      idleTimeoutMs: 86_400_000,
    });
  });

  it('takes the audience of an upstream, and tells it to our own issuer alone', () => {
    const { upstreams, issuers } = policyOf(wrong('9001', '9001\n    audience: https://patients.example'));
    expect(upstreams[0]?.audience).toBe('https://patients.example');
    expect(issuers.map(({ narrowAudiences }) => [...narrowAudiences])).toEqual([
      ['https://patients.example'],
      [],
    ]);
  });

  it('takes what begins with neither path. nor claims. as a fixed text', () => {
    const { access } = policyOf(wrong('claims.patient_id', '"p-100"')).routes[0] ?? {};
    expect(access).toMatchObject({
      rules: [{}, { where: [{ right: { kind: 'text', text: 'p-100' } }] }],
    });
  });

  it('admits nobody to a route without rules and everyone to a public one', () => {
    const lines =
      '  - { id: closed, path: /closed, upstream: patients }\n  - { id: open, path: /open, upstream: patients, access: public }\n  - id: record';
    const { routes } = policyOf(wrong('  - id: record', lines));
    expect(routes[0]?.access).toEqual({ kind: 'rules', rules: [] });
    expect(routes[1]?.access).toEqual({ kind: 'public' });
  });
});

describe('the shipped policy file', () => {
  it('is right and admits doctors with the scope to the live alert stream', () => {
    const text = readFileSync(new URL('../../../gateway-config/gateway.yaml', import.meta.url), 'utf8');
    const { routes, roleScopes } = policyOf(text);
    expect(routes.map(({ id }) => id)).toEqual([
      'patient-record',
      'patient-letters',
      'doctors',
      'alerts',
      'alert-stream',
      'public-info',
    ]);
    expect(routes.find(({ id }) => id === 'alert-stream')).toMatchObject({
      live: true,
      access: { rules: [{ roles: ['doctor'], scopes: ['alerts:read'] }] },
    });
    expect(roleScopes.get('doctor')).toEqual(['alerts:read']);
  });
});

describe('a policy file with many problems', () => {
  it('reports all of them at once, in the order of the file', () => {
    const text = `version: 2
credentails: [bearer]
issuers:
  - { id: wardgate, audience: "a b" }
upstreams:
  patients: { url: ftp://x, timeout: soon }
routes:
  - { id: a, path: /a/:x, upstream: patient, methods: [get] }
  - { id: a, path: /:y/b, upstream: patients, allow: [{ role: [doctor] }] }
`;
    expect(problemsOf(text).map(({ line, path }) => [line, path])).toEqual([
      [1, 'version'],
      [2, 'credentails'],
      [4, 'issuers[0].audience'],
      [6, 'upstreams.patients.url'],
      [6, 'upstreams.patients.timeout'],
      [8, 'routes[0].upstream'],
      [8, 'routes[0].methods[0]'],
      [9, 'routes[1].id'],
      [9, 'routes[1].path'],
      [9, 'routes[1].allow[0].role'],
    ]);
  });

  it('is refused when any of its parts is of another type', () => {
    const parts = { version: 1, issuers: [{ id: 'wardgate', audience: 'a' }], upstreams: {}, routes: [] };
    expect(problemLines(JSON.stringify(parts))).toEqual([]);
    const keys = [
      'version',
      'issuers',
      'upstreams',
      'routes',
      'trusted_proxies',
      'credentials',
      'trusted_origins',
    ];
    const wrongType = fc.oneof(
      fc.string(),
      fc.integer({ min: 2 }),
      fc.boolean(),
      fc.constant(null),
      fc.constant([{}]),
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys, 'role_scopes'), wrongType, (key, value) => {
        const lines = problemLines(JSON.stringify({ ...parts, [key]: value }));
        expect(lines.every((line) => line.includes(` ${key}`))).toBe(true);
        expect(lines.length).toBeGreaterThan(0);
      }),
    );
  });

  it('answers with problems and never throws, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(problemsOf(text).length).toBeGreaterThan(0);
      }),
    );
  });
});
