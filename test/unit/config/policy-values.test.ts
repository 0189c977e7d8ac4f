import { describe, expect, it } from 'vitest';
import { problemLines, wrong } from './policy-text.ts';

/** What is replaced in the right file, by what, and the one problem that this makes. */
type WrongFile = readonly [piece: string, replacement: string, problem: string];

const WRONG_VALUES: readonly WrongFile[] = [
  ['version: 1', 'version: 2', '1:10 version: expected 1, found the number 2'],
  ['version: 1', 'version: "1"', '1:10 version: expected 1, found "1"'],
  ['version: 1\n', '', '1:1 version: expected 1, found nothing'],
  ['[bearer]', '[]', '3:14 credentials: expected at least one entry, found an empty list'],
  ['[bearer]', 'bearer', '3:14 credentials: expected a list, found "bearer"'],
  [
    '[bearer]',
    '[bearar]',
    '3:15 credentials[0]: expected one of bearer, session_cookie, access_token_cookie, api_key, found "bearar"; did you mean "bearer"?',
  ],
  [
    '127.0.0.1/32',
    '0.0.0.0/0',
    '2:19 trusted_proxies[0]: expected a range of known proxies, found "0.0.0.0/0", which is everyone',
  ],
  [
    'credentials',
    'trusted_origins: ["https://app.example/"]\ncredentials',
    '3:19 trusted_origins[0]: expected an origin as browsers write it: https://app.example, found "https://app.example/"',
  ],
  [
    'https://id.example/realms/clinic',
    'http://id.example',
    '8:13 issuers[1].issuer: expected https (plain http only for this machine itself: localhost, 127.0.0.1, [::1]), found "http://id.example"',
  ],
  [
    'https://id.example/realms/clinic',
    'https://id.example/?a',
    '8:13 issuers[1].issuer: expected an address without a query (?), found "https://id.example/?a"',
  ],
  [
    'realms/clinic\n',
    'realms/clinic\n    algorithms: [none]\n',
    '9:18 issuers[1].algorithms[0]: expected one of RS256, RS384, RS512, PS256, ES256, ES384, EdDSA, found "none"',
  ],
  [
    'realms/clinic\n',
    'realms/clinic\n    roles: { claim: a..b }\n',
    '9:21 issuers[1].roles.claim: expected a claim such as realm_access.roles, or a list of member names, found "a..b"',
  ],
  [
    'realms/clinic\n',
    'realms/clinic\n    roles: { map: { x: "a,admin" } }\n',
    '9:24 issuers[1].roles.map.x: expected a role name: lower-case letters, digits, "_", ".", ":" and "-", found "a,admin"',
  ],
  [
    'realms/clinic\n',
    'realms/clinic\n    jwks_uri: https://u:p@id.example/\n',
    '9:15 issuers[1].jwks_uri: expected an address without user and password, found "https://u:p@id.example/"',
  ],
  [
    '9001',
    '9001\n    timeout: 10',
    '15:14 upstreams.patients.timeout: expected a text (duration), found the number 10',
  ],
  [
    '9001',
    '9001\n    timeout: 10 s',
    '15:14 upstreams.patients.timeout: expected a duration such as 250ms, 10s or 15m, found "10 s"',
  ],
  [
    '9001',
    '9001\n    timeout: 2h',
    '15:14 upstreams.patients.timeout: expected a duration from 1ms to 1h, found "2h"',
  ],
  [
    '9001',
    '9001\n    timeout: 0s',
    '15:14 upstreams.patients.timeout: expected a duration from 1ms to 1h, found "0s"',
  ],
  [
    'http://127.0.0.1:9001',
    'http://u@x',
    '14:10 upstreams.patients.url: expected an address without user and password, found "http://u@x"',
  ],
  [
    'http://127.0.0.1:9001',
    'http:/\\x',
    '14:10 upstreams.patients.url: expected an address such as https://host.example, found "http:/\\\\x"',
  ],
  ['[GET]', '[get]', '18:15 routes[0].methods[0]: expected a method in capitals, such as GET, found "get"'],
  [
    '[GET]',
    '[TRACE]',
    '18:15 routes[0].methods[0]: expected another method (CONNECT and TRACE are never let through), found "TRACE"',
  ],
  ['    upstream: patients\n', '', '16:5 routes[0].upstream: expected a text, found nothing'],
  [
    '/patients/:patientId/**',
    'patients/:patientId',
    '17:11 routes[0].path: expected a path that begins with "/", found "patients/:patientId"',
  ],
  [
    'roles: [doctor]',
    'roles: [doctor, "a,admin"]',
    '21:25 routes[0].allow[0].roles[1]: expected a role name: lower-case letters, digits, "_", ".", ":" and "-", found "a,admin"',
  ],
  [
    'roles: [doctor]',
    'roles: []',
    '21:16 routes[0].allow[0].roles: expected at least one entry, found an empty list',
  ],
  [
    'roles: [doctor]',
    'scopes: ["a b"]',
    '21:18 routes[0].allow[0].scopes[0]: expected a scope: visible characters without space, quote and backslash, found "a b"',
  ],
  [
    'claims.patient_id',
    '5',
    '22:34 routes[0].allow[1].where["path.patientId"]: expected claims.NAME, path.NAME or a fixed text (numbers and the like in quotes), found the number 5',
  ],
  ['methods: [GET]', 'live: yes', '18:11 routes[0].live: expected true or false, found "yes"'],
];

const UNKNOWN_KEYS: readonly WrongFile[] = [
  ['rolse', 'roles: [doctor]', '21:9 routes[0].allow[0].rolse'],
  ['conect_timeout', 'url:', '14:5 upstreams.patients.conect_timeout'],
  ['assert', 'methods:', '18:5 routes[0].assert'],
];

describe('a value of the policy file that is wrong by itself', () => {
  it.each(WRONG_VALUES)('instead of %j: %j is refused where it stands', (piece, replacement, problem) => {
    expect(problemLines(wrong(piece, replacement))).toEqual([problem]);
  });
});

describe('trusted proxies', () => {
  const trusting = (...ranges: string[]) => problemLines(wrong('["127.0.0.1/32"]', JSON.stringify(ranges)));

  it.each(['10.0.0.0/8', '192.0.2.7', 'fc00::/7', '2001:db8::/32', '::1/128', '::1', '::ffff:10.0.0.0/104'])(
    'may be %s',
    (range) => {
      expect(trusting(range)).toEqual([]);
    },
  );

  it.each([
    '0.0.0.0/1',
    '128.0.0.0/1',
    '::/1',
    '8000::/1',
    '::ffff:0:0/97',
    '0::ffff:0:0/97',
    '::/0',
    '0.0.0.0/0',
    'everyone',
  ])('are never as many as %s', (range) => {
    expect(trusting(range)).toHaveLength(1);
  });
});

describe('a key that is not known', () => {
  it.each(UNKNOWN_KEYS)('%s is refused where it stands', (key, piece, place) => {
    const lines = problemLines(
      wrong(piece, `${key}: x\n${' '.repeat(Number(place.split(/[: ]/)[1]) - 1)}${piece}`),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${place}: expected one of the keys `);
  });

  it('comes with the name that was meant, and with all that there are', () => {
    expect(problemLines(wrong('roles: [doctor]', 'rolse: [doctor]'))).toEqual([
      '21:9 routes[0].allow[0].rolse: expected one of the keys roles, scopes, where, found "rolse"; did you mean "roles"?',
    ]);
  });

  it('a misspelt required key is both unknown and missing', () => {
    const lines = problemLines(wrong('routes:', 'rotues:'));
    expect(lines[0]).toBe('1:1 routes: expected a list, found nothing');
    expect(lines[1]).toMatch(/^15:1 rotues: .*; did you mean "routes"\?$/);
  });
});
