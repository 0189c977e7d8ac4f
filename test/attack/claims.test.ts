import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestAuthenticator } from '../support/gateway/jwt-authenticator.ts';
import {
  AUDIENCE,
  FOREIGN_ISSUER,
  OWN_ISSUER,
  ownClaims,
  signForeignToken,
  signToken,
  signWithHeader,
  TOKEN_TIME,
  testKey,
} from '../support/tokens/tokens.ts';

const key = await testKey();

describe('6 and 7: claims that become headers', () => {
  it.each([
    'a\r\nX-User-Roles: admin',
    'a\nb',
    'a\u0000',
    'é',
    'a\u007f',
    ' a',
    'a ',
    '\t',
    'x'.repeat(1025),
  ])('refuses %j as subject, session and username', async (text) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signForeignToken({ sub: text }))).toBe('claim_unwritable');
    expect(await verdict(await signForeignToken({ sid: text }))).toBe('claim_unwritable');
    expect(await verdict(await signForeignToken({ preferred_username: text }))).toBe('claim_unwritable');
    expect(await verdict(await signToken({ username: text }))).toBe('claim_unwritable');
    expect(await verdict(await signToken({ sid: text }))).toBe('claim_unwritable');
  });

  it.each(['a,admin', 'a admin', 'a\tadmin', 'a\nadmin', 'a\u0000', 'a\u00a0admin', 'a\u2028admin'])(
    'refuses the role %j, of our own and of a foreign issuer',
    async (role) => {
      const { verdict } = await createTestAuthenticator();
      expect(await verdict(await signToken({ roles: ['doctor', role] }))).toBe('claim_malformed');
      expect(await verdict(await signForeignToken({ realm_access: { roles: [role] } }))).toBe(
        'claim_malformed',
      );
    },
  );

  it('never lets a role through that is no role name, whatever a foreign issuer writes', async () => {
    const { judge } = await createTestAuthenticator();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('doctor'))),
        async (roles) => {
          const answer = await judge(await signForeignToken({ realm_access: { roles } }));
          if (answer.kind === 'authenticated')
            for (const role of answer.principal.roles) expect(role).toMatch(/^[a-z0-9][a-z0-9_.:-]*$/);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('35: issuer and audience', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['of another', 'hospital'],
    ['a list without ours', ['hospital', 'account']],
    ['an empty list', []],
    ['a prefix of ours', AUDIENCE.slice(0, -1)],
    ['ours with more', `${AUDIENCE}-admin`],
    ['a list of a list', [[AUDIENCE]]],
    ['in another case', AUDIENCE.toUpperCase()],
    ['an object', { [AUDIENCE]: true }],
    ['true', true],
    ['null', null],
  ])('refuses an audience that is %s', async (_case, aud) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({ aud }))).toBe('audience_mismatch');
    expect(await verdict(await signForeignToken({ aud }))).toBe('audience_mismatch');
  });

  it.each<unknown>([
    undefined,
    '',
    `${OWN_ISSUER}/`,
    `${FOREIGN_ISSUER}/`,
    FOREIGN_ISSUER.toUpperCase(),
    OWN_ISSUER.replace('https', 'http'),
    [OWN_ISSUER],
    null,
    1,
    'https://attacker.test',
  ])('refuses the issuer %j', async (iss) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({ iss }))).toBe('issuer_unknown');
  });
});

describe('36: tokens of other kinds', () => {
  it.each([
    'JWT',
    'logout+jwt',
    'token-introspection+jwt',
    'identity-assertion+jwt',
    'application/identity-assertion+jwt',
    'Identity-Assertion+JWT',
    'at+jwt ',
    'application/application/at+jwt',
    'text/at+jwt',
    '',
    undefined,
  ])('refuses the type %j from our own core', async (typ) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({}, { header: { typ } }))).toBe('type_mismatch');
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])(
    'takes %j for the type it is',
    async (typ) => {
      const { verdict } = await createTestAuthenticator();
      expect(await verdict(await signToken({}, { header: { typ } }))).toBe('authenticated');
    },
  );

  it.each([1, null, ['at+jwt']])('refuses the type %j', async (typ) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signWithHeader({ alg: 'RS256', kid: key.kid, typ }, ownClaims(), key))).toBe(
      'malformed',
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['an ID token with at_hash', { at_hash: 'x' }],
    ['an ID token with c_hash', { c_hash: 'x' }],
    ['an ID token with nonce', { nonce: 'x' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['an ID token of Cognito', { token_use: 'id' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
    ['an offline token of Keycloak', { typ: 'Offline' }],
    ['a logout token of Keycloak', { typ: 'Logout' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['an introspection answer', { token_introspection: { active: true } }],
  ])('refuses %s that does not say by its header what it is', async (_case, claims) => {
    const { verdict } = await createTestAuthenticator();
    for (const typ of ['JWT', undefined])
      expect(await verdict(await signForeignToken(claims, { header: { typ } }))).toBe('type_mismatch');
  });

  it.each<[string, Record<string, unknown>]>([
    ['no mark', {}],
    ['a bearer mark and a nonce, as of older Keycloaks', { typ: 'Bearer', nonce: 'x' }],
    ['the mark of an access token of Cognito', { token_use: 'access' }],
  ])(
    'takes a foreign access token with %s where the issuer may leave the type out',
    async (_case, claims) => {
      const { verdict } = await createTestAuthenticator();
      for (const typ of ['JWT', undefined])
        expect(await verdict(await signForeignToken(claims, { header: { typ } }))).toBe('authenticated');
    },
  );

  it.each(Object.keys(ownClaims()).filter((name) => !['iss', 'aud'].includes(name)))(
    'refuses a token of ours without %s',
    async (name) => {
      const { verdict } = await createTestAuthenticator();
      expect(await verdict(await signToken({ [name]: undefined }))).toBe('claim_malformed');
    },
  );

  it.each(Object.keys(ownClaims()).filter((name) => !['iss', 'aud'].includes(name)))(
    'refuses a token of ours whose %s has another type',
    async (name) => {
      const { verdict } = await createTestAuthenticator();
      for (const value of [{}, true, null, [1]])
        expect(await verdict(await signToken({ [name]: value }))).toBe('claim_malformed');
    },
  );
});

describe('37: times', () => {
  const notTimes = [
    String(TOKEN_TIME + 900),
    TOKEN_TIME + 900.5,
    1e308,
    -1,
    253_402_300_800,
    true,
    null,
    [],
    {},
  ];

  it.each([...notTimes, 0, undefined])('refuses exp %j', async (exp) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({ exp }))).toBe('claim_malformed');
    expect(await verdict(await signForeignToken({ exp }))).toBe('claim_malformed');
  });

  it.each(['1e999', '-1e999', '1e400'])('refuses exp %s, which JSON reads as infinite', async (text) => {
    const { verdict } = await createTestAuthenticator();
    const payload = JSON.stringify(ownClaims()).replace(/"exp":\d+/, `"exp":${text}`);
    const header = { alg: 'RS256', kid: key.kid, typ: 'at+jwt' };
    expect(await verdict(await signWithHeader(header, payload, key))).toBe('claim_malformed');
  });

  it.each(notTimes)('refuses nbf and iat %j', async (time) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({ nbf: time }))).toBe('claim_malformed');
    expect(await verdict(await signToken({ iat: time }))).toBe('claim_malformed');
  });

  it('grants ten seconds between clocks, and not eleven', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({ nbf: TOKEN_TIME + 10 }))).toBe('authenticated');
    expect(await verdict(await signToken({ nbf: TOKEN_TIME + 11 }))).toBe('not_yet_valid');
    expect(await verdict(await signToken({ iat: TOKEN_TIME + 10 }))).toBe('authenticated');
    expect(await verdict(await signToken({ iat: TOKEN_TIME + 11 }))).toBe('issued_in_future');
    expect(await verdict(await signToken({ exp: TOKEN_TIME - 9 }))).toBe('authenticated');
    expect(await verdict(await signToken({ exp: TOKEN_TIME - 10 }))).toBe('expired');
  });

  it('asks iat of our own tokens alone', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signForeignToken({ iat: undefined }))).toBe('authenticated');
  });
});

describe('39: subjects', () => {
  it.each(['admin', `ses_${'a'.repeat(32)}`, `usr_${'a'.repeat(31)}`, `USR_${'a'.repeat(32)}`, 'usr_'])(
    'refuses %j as a subject of our own core',
    async (sub) => {
      const { verdict } = await createTestAuthenticator();
      expect(await verdict(await signToken({ sub }))).toBe('claim_malformed');
    },
  );

  it.each([
    `usr_${'a'.repeat(32)}`,
    `cli_${'a'.repeat(32)}`,
    `apk_${'a'.repeat(32)}`,
    'APK_x',
    'usr_x',
    `Usr_${'a'.repeat(32)}`,
    '',
  ])('refuses %j as a subject of a foreign issuer', async (sub) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signForeignToken({ sub }))).toBe('claim_malformed');
  });

  it('refuses a session of ours in a foreign issuer’s token', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signForeignToken({ sid: `ses_${'5'.repeat(32)}` }))).toBe('claim_malformed');
    expect(await verdict(await signForeignToken({ sid: 'a1b2' }))).toBe('authenticated');
  });
});
