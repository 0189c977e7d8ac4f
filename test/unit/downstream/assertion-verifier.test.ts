import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { exportSPKI, importJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AssertionVerifier,
  createAssertionVerifier,
} from '../../../src/downstream/assertion-verifier.ts';
import {
  assertionClaims,
  type KeySetServer,
  signAssertion,
  startKeySetServer,
} from '../../support/tokens/assertions.ts';
import {
  assembleToken,
  CLIENT_ID,
  DOCTOR_ID,
  OWN_ISSUER,
  signToken,
  signWithHeader,
  TOKEN_TIME,
  testKey,
  toBase64url,
} from '../../support/tokens/tokens.ts';

const key = await testKey();
let keySet: KeySetServer;
let verifier: AssertionVerifier;
let now: number;

beforeEach(async () => {
  keySet = await startKeySetServer([key.publicJwk]);
  now = TOKEN_TIME + 1;
  verifier = createAssertionVerifier({
    issuer: OWN_ISSUER,
    audience: 'patients',
    jwksUri: `${keySet.origin}/.well-known/jwks.json`,
    clock: () => now * 1000,
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await keySet.stop();
});

const refused = (because: string) => ({ kind: 'refused', because });
const DOCTOR = {
  userId: DOCTOR_ID,
  issuer: OWN_ISSUER,
  roles: ['doctor'],
  scopes: ['alerts:read', 'patients:read'],
  username: 'doctor@demo.test',
  sessionId: `ses_${'5'.repeat(32)}`,
  patientId: undefined,
  doctorId: 'd-200',
  clientId: undefined,
  actor: undefined,
};

describe('an assertion', () => {
  it('proves who is calling', async () => {
    expect(await verifier.verify(await signAssertion())).toEqual({ kind: 'identified', identity: DOCTOR });
  });

  it('says through which program, and who acts for the caller', async () => {
    const act = { sub: CLIENT_ID, act: { sub: `cli_${'e'.repeat(32)}` } };
    const reading = await verifier.verify(await signAssertion({ client_id: CLIENT_ID, act, scope: '' }));

    expect(reading).toMatchObject({ identity: { clientId: CLIENT_ID, actor: act, scopes: [] } });
  });

  it.each(['ES256', 'EdDSA'] as const)('is verified with %s', async (algorithm) => {
    const other = await testKey(algorithm, 'other');
    keySet.keys = [key.publicJwk, other.publicJwk];

    expect(await verifier.verify(await signAssertion({}, { key: other }))).toMatchObject({
      kind: 'identified',
    });
  });

  it('is read from its header, where empty is a caller without a credential', async () => {
    const headers = { 'x-identity-assertion': await signAssertion() };

    expect(await verifier.read(headers)).toMatchObject({ kind: 'identified' });
    expect(await verifier.read(new Headers(headers))).toMatchObject({ kind: 'identified' });
    expect(await verifier.read({ 'x-identity-assertion': '' })).toEqual({ kind: 'anonymous' });
    expect(await verifier.read({})).toEqual(refused('not_behind_wardgate'));
    expect(await verifier.read({}, { emptyHeaders: 'dropped' })).toEqual({ kind: 'anonymous' });
  });

  it('is refused where its header stands twice', async () => {
    const assertion = await signAssertion();

    expect(await verifier.read({ 'x-identity-assertion': [assertion, assertion] })).toEqual(
      refused('header_repeated'),
    );
    expect(await verifier.read({ 'x-identity-assertion': `${assertion}, ${assertion}` })).toEqual(
      refused('header_repeated'),
    );
  });

  it.each([
    ['of another upstream', { aud: 'doctors' }, 'audience_mismatch'],
    ['of two upstreams', { aud: ['patients', 'doctors'] }, 'audience_mismatch'],
    ['of a list that is us', { aud: ['patients'] }, 'audience_mismatch'],
    ['without an audience', { aud: undefined }, 'audience_mismatch'],
    ['of another issuer', { iss: 'https://evil.test' }, 'issuer_mismatch'],
    ['of our issuer with a slash', { iss: `${OWN_ISSUER}/` }, 'issuer_mismatch'],
    ['without an end', { exp: undefined }, 'claim_malformed'],
    ['with an end that is a text', { exp: '1' }, 'claim_malformed'],
    ['without a time', { iat: undefined }, 'claim_malformed'],
    ['of the future', { iat: TOKEN_TIME + 30 }, 'claim_malformed'],
    ['that is not good yet', { nbf: TOKEN_TIME + 30 }, 'claim_malformed'],
    ['without an id', { jti: undefined }, 'claim_malformed'],
    ['without a subject', { sub: undefined }, 'claim_malformed'],
    ['with an empty subject', { sub: '' }, 'claim_malformed'],
    ['without the issuer of its subject', { sub_iss: undefined }, 'claim_malformed'],
    ['without roles', { roles: undefined }, 'claim_malformed'],
    ['with a role that is none', { roles: ['a,admin'] }, 'claim_malformed'],
    ['with roles as a text', { roles: 'doctor' }, 'claim_malformed'],
    ['without a scope', { scope: undefined }, 'claim_malformed'],
    ['with a name that is none', { username: 1 }, 'claim_malformed'],
    ['with an actor that is a text', { act: 'cli_1' }, 'claim_malformed'],
    ['with an actor without a subject', { act: { act: { sub: CLIENT_ID } } }, 'claim_malformed'],
    ['with a long life', { iat: TOKEN_TIME - 120, exp: TOKEN_TIME + 3600 }, 'expired'],
  ])('%s is refused', async (_which, claims, because) => {
    expect(await verifier.verify(await signAssertion(claims))).toEqual(refused(because));
  });

  it.each([
    ['at+jwt', 'type_mismatch'],
    ['JWT', 'type_mismatch'],
    ['token-introspection+jwt', 'type_mismatch'],
    [undefined, 'type_mismatch'],
  ])('of type %s is refused', async (typ, because) => {
    expect(await verifier.verify(await signAssertion({}, { header: { typ } }))).toEqual(refused(because));
  });

  it('is refused where an access token is sent in its place', async () => {
    expect(await verifier.verify(await signToken({ aud: 'patients' }))).toEqual(refused('type_mismatch'));
  });

  it('is good for its minute and five seconds, in which two clocks may differ', async () => {
    const assertion = await signAssertion();
    now = TOKEN_TIME + 64;
    expect(await verifier.verify(assertion)).toMatchObject({ kind: 'identified' });
    now = TOKEN_TIME + 66;
    expect(await verifier.verify(assertion)).toEqual(refused('expired'));
    now = TOKEN_TIME - 4;
    expect(await verifier.verify(assertion)).toMatchObject({ kind: 'identified' });
    now = TOKEN_TIME - 7;
    expect(await verifier.verify(assertion)).toEqual(refused('claim_malformed'));
  });
});

describe('a forged assertion', () => {
  const typ = 'identity-assertion+jwt';

  it.each(['none', 'None', 'NONE', 'nOnE'])('without a signature (alg %s) is refused', async (alg) => {
    const token = assembleToken({ alg, typ, kid: key.kid }, assertionClaims());

    expect(await verifier.verify(token)).toEqual(refused('algorithm_not_allowed'));
  });

  it('signed with the public key as a secret is refused', async () => {
    const secret = await exportSPKI(
      (await importJWK(key.publicJwk, 'RS256', { extractable: true })) as CryptoKey,
    );
    const input = assembleToken({ alg: 'HS256', typ, kid: key.kid }, assertionClaims()).slice(0, -1);
    const signature = toBase64url(createHmac('sha256', secret).update(input).digest());

    expect(await verifier.verify(`${input}.${signature}`)).toEqual(refused('algorithm_not_allowed'));
  });

  it('signed with a key of its own is refused, wherever its header points', async () => {
    const own = await testKey('RS256', 'own');
    const header = { alg: 'RS256', typ, kid: key.kid, jwk: own.publicJwk, jku: 'https://evil.test/keys' };

    expect(await verifier.verify(await signWithHeader(header, assertionClaims(), own))).toEqual(
      refused('signature_invalid'),
    );
    expect(keySet.fetches).toBe(1);
  });

  it('with a header that must be understood is refused', async () => {
    const header = { alg: 'RS256', typ, kid: key.kid, crit: ['exp'], exp: 1 };

    expect(await verifier.verify(await signWithHeader(header, assertionClaims(), key))).toEqual(
      refused('assertion_malformed'),
    );
  });

  it.each(['', '.', '..', 'a.b.c', 'x'.repeat(8193), '.'.repeat(8000), '\u0000'])(
    'that is no token at all is refused (%#)',
    async (text) => {
      expect(await verifier.verify(text)).toEqual(refused('assertion_malformed'));
    },
  );

  it('is refused with any one character changed', async () => {
    const assertion = await signAssertion();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(assertion.length - 1),
        fc.constantFrom(...'Ab0-.'),
        async (index, character) => {
          // The last character of a base64url text may hold bits that count for nothing.
          if (assertion[index] === character || index === assertion.length - 1) return;
          const altered = assertion.slice(0, index) + character + assertion.slice(index + 1);
          expect((await verifier.verify(altered)).kind).toBe('refused');
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the key set', () => {
  it('is fetched once for many assertions', async () => {
    const assertions = await Promise.all([1, 2, 3].map((jti) => signAssertion({ jti: `jti_${jti}` })));
    const readings = await Promise.all(assertions.map((assertion) => verifier.verify(assertion)));

    expect(readings.map(({ kind }) => kind)).toEqual(['identified', 'identified', 'identified']);
    expect(keySet.fetches).toBe(1);
  });

  it('brings a new key when it is first met, and unknown keys cause no flood of fetches', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const next = await testKey('RS256', 'key-2');
    const byNext = await signAssertion({}, { key: next });
    await verifier.verify(await signAssertion());

    keySet.keys = [key.publicJwk, next.publicJwk];
    for (let count = 0; count < 20; count += 1)
      expect(await verifier.verify(byNext)).toEqual(refused('key_unknown'));
    expect(keySet.fetches).toBe(1);

    vi.setSystemTime(Date.now() + 10_001);
    expect(await verifier.verify(byNext)).toMatchObject({ kind: 'identified' });
    expect(keySet.fetches).toBe(2);
  });

  it('forgets a withdrawn key within five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const assertion = await signAssertion();
    await verifier.verify(assertion);

    keySet.keys = [(await testKey('RS256', 'key-2')).publicJwk];
    vi.setSystemTime(Date.now() + 5 * 60_000 + 1);
    expect(await verifier.verify(assertion)).toEqual(refused('key_unknown'));
  });

  it.each([
    ['refuses to answer', { status: 503, body: '' }],
    ['answers with a page', { status: 200, body: '<html>' }],
    ['answers with something else', { status: 200, body: '{"hello":1}' }],
    ['answers with a redirect', { status: 302, body: '' }],
  ])('that %s is neither yes nor no', async (_how, fault) => {
    keySet.fault = fault;
    const assertion = await signAssertion();
    expect(await verifier.verify(assertion)).toEqual({ kind: 'unavailable' });

    keySet.fault = undefined;
    expect(await verifier.verify(assertion)).toMatchObject({ kind: 'identified' });
  });

  it('that is down is neither yes nor no', async () => {
    await keySet.stop();

    expect(await verifier.verify(await signAssertion())).toEqual({ kind: 'unavailable' });
  });

  it('is not asked about what could never be good', async () => {
    await verifier.verify('x');
    await verifier.verify(assembleToken({ alg: 'none', typ: 'identity-assertion+jwt' }, assertionClaims()));

    expect(keySet.fetches).toBe(0);
  });

  it('stands below the issuer unless it is said where, and is fetched as it is told', async () => {
    const asked: string[] = [];
    const own = createAssertionVerifier({
      issuer: 'https://wardgate.test/auth',
      audience: 'patients',
      clock: () => now * 1000,
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json({ keys: [key.publicJwk] });
      },
    });

    expect(await own.verify(await signAssertion({ iss: 'https://wardgate.test/auth' }))).toMatchObject({
      kind: 'identified',
    });
    expect(asked).toEqual(['https://wardgate.test/auth/.well-known/jwks.json']);
  });

  it('must not come over a network that anybody could answer on', () => {
    const make = (jwksUri: string, allowPlainHttp = false) =>
      createAssertionVerifier({ issuer: OWN_ISSUER, audience: 'patients', jwksUri, allowPlainHttp });

    expect(() => make('http://wardgate:8080/.well-known/jwks.json')).toThrow(TypeError);
    expect(() => make('file:///keys.json', true)).toThrow(TypeError);
    expect(() => make('keys.json')).toThrow(TypeError);
    expect(make('http://wardgate:8080/.well-known/jwks.json', true)).toBeDefined();
    expect(() => createAssertionVerifier({ issuer: OWN_ISSUER, audience: '' })).toThrow(TypeError);
  });
});
