import { describe, expect, it } from 'vitest';
import { problemLines, wrong } from './policy-text.ts';

const WRONG_REFERENCES: readonly (readonly [
  title: string,
  piece: string,
  replacement: string,
  problem: string,
])[] = [
  [
    'an upstream that does not exist',
    'upstream: patients',
    'upstream: patient',
    '19:15 routes[0].upstream: expected one of the upstreams patients, found "patient"; did you mean "patients"?',
  ],
  [
    'a path of our own',
    '/patients/:patientId/**',
    '/oauth/:patientId',
    '17:11 routes[0].path: expected a path that is not Wardgate\'s own (/oauth/**), found "/oauth/:patientId"',
  ],
  [
    'a parameter that the path has not',
    '/patients/:patientId/**',
    '/patients/:patient',
    '22:18 routes[0].allow[1].where["path.patientId"]: expected a parameter of the path (path.patient), found "path.patientId"; did you mean "path.patient"?',
  ],
  [
    'a parameter where the path has none',
    '/patients/:patientId/**',
    '/patients',
    '22:18 routes[0].allow[1].where["path.patientId"]: expected a claim, as the path has no parameters, found "path.patientId"',
  ],
  [
    'a fixed text on the left side',
    'path.patientId:',
    'p-100:',
    '22:18 routes[0].allow[1].where.p-100: expected path.NAME or claims.NAME on the left side, found "p-100"',
  ],
  [
    'a claim without a name',
    'claims.patient_id',
    'claims.',
    '22:34 routes[0].allow[1].where["path.patientId"]: expected a claim, such as claims.patient_id, found "claims."',
  ],
  [
    'a where without pairs',
    '{ path.patientId: claims.patient_id }',
    '{}',
    '22:16 routes[0].allow[1].where: expected at least one pair, found an empty map',
  ],
  [
    'public access beside rules',
    'methods: [GET]',
    'access: public',
    '18:5 routes[0].access: expected either rules (allow) or access: public, found both',
  ],
  [
    'one route id twice',
    '  - id: record',
    '  - { id: record, path: /a, upstream: patients }\n  - id: record',
    '17:9 routes[1].id: expected each route id only once, found "record" again',
  ],
  [
    'an upstream with the audience of all',
    'url: http://127.0.0.1:9001',
    'url: http://127.0.0.1:9001\n    audience: clinic',
    '15:15 upstreams.patients.audience: expected another audience than that of wardgate, which is good at every upstream, found "clinic"',
  ],
  [
    'an upstream whose name is the audience of all',
    '    audience: clinic\n  - id: keycloak',
    '    audience: patients\n  - id: keycloak',
    '13:3 upstreams.patients: expected another audience than that of wardgate, which is good at every upstream; set audience or name it otherwise, found "patients"',
  ],
  [
    'one issuer id twice',
    'audience: clinic\nrole_scopes',
    'audience: clinic\n  - { id: keycloak, issuer: https://other.example, audience: x }\nrole_scopes',
    '10:11 issuers[2].id: expected each issuer id only once, found "keycloak" again',
  ],
  [
    'one issuer address twice',
    'audience: clinic\nrole_scopes',
    'audience: clinic\n  - { id: other, issuer: https://id.example/realms/clinic, audience: x }\nrole_scopes',
    '10:26 issuers[2].issuer: expected each issuer address only once, found "https://id.example/realms/clinic" again',
  ],
  [
    'a foreign issuer at our own address',
    'https://id.example/realms/clinic',
    'https://gateway.example',
    '8:13 issuers[1].issuer: expected another issuer than our own (its id is wardgate), found "https://gateway.example"',
  ],
  [
    'a foreign issuer without an address',
    '    issuer: https://id.example/realms/clinic\n',
    '',
    '7:5 issuers[1].issuer: expected the address of the issuer (only the id wardgate goes without), found nothing',
  ],
  [
    'an address for our own core',
    'id: wardgate\n',
    'id: wardgate\n    issuer: https://x.example\n',
    '6:5 issuers[0].issuer: expected no issuer for wardgate, which is our own core, found "https://x.example"',
  ],
  [
    'an algorithm that our own core does not sign with',
    'id: wardgate\n',
    'id: wardgate\n    algorithms: [ES256, PS256]\n',
    '6:25 issuers[0].algorithms[1]: expected one of RS256, ES256, EdDSA, which our own core can sign with, found "PS256"',
  ],
  [
    'a role with scopes that cannot be a role',
    'doctor: [alerts:read]',
    'Doctor: [alerts:read]',
    '11:3 role_scopes.Doctor: expected a role name: lower-case letters, digits, "_", ".", ":" and "-", found "Doctor"',
  ],
  [
    'one method twice',
    '[GET]',
    '[GET, GET]',
    '18:20 routes[0].methods[1]: expected each method only once, found "GET" again',
  ],
  [
    'two paths that could both win',
    '  - id: record',
    '  - { id: odd, path: /:area/p-100, upstream: patients, methods: [GET] }\n  - id: record',
    '18:11 routes[1].path: expected paths of which one is more specific; routes "odd" (/:area/p-100) and "record" (/patients/:patientId/**) both match /patients/p-100, and neither is more specific',
  ],
];

describe('what the parts of a policy file demand of each other', () => {
  it.each(WRONG_REFERENCES)('%s is refused where it stands', (_, piece, replacement, problem) => {
    expect(problemLines(wrong(piece, replacement))).toEqual([problem]);
  });

  it('is checked beside a key that is not known', () => {
    const text = wrong('upstream: patients', 'upstream: patient\n    lvie: true');
    const [reference, key] = problemLines(text);
    expect(reference).toMatch(/^19:15 routes\[0\]\.upstream: expected one of the upstreams patients/);
    expect(key).toMatch(/^20:5 routes\[0\]\.lvie: .*; did you mean "live"\?$/);
  });

  it('lets one path be shared by routes of different methods', () => {
    const text = wrong(
      '  - id: record',
      '  - { id: write, path: /patients/:patientId/**, upstream: patients, methods: [PUT] }\n  - id: record',
    );
    expect(problemLines(text)).toEqual([]);
  });
});

it('hands a credential on only where it is judged', () => {
  const route = '    upstream: patients\n    forward_credential: true\n';
  const forwarding = wrong('    upstream: patients\n', route);
  expect(problemLines(forwarding)).toEqual([]);
  expect(problemLines(forwarding.replace('credentials: [bearer]', 'credentials: [session_cookie]'))).toEqual([
    '20:25 routes[0].forward_credential: expected `bearer` among the credentials, because only a credential that was judged is handed on',
  ]);
});
