import { describe, expect, it } from 'vitest';
import { createJwtAuthenticator } from '../../../../src/gateway/authenticators/jwt-authenticator.ts';
import { createWebCryptoVerifier } from '../../../../src/gateway/authenticators/web-crypto-verifier.ts';
import { createTestAuthenticator, OWN_POLICY } from '../../../support/gateway/jwt-authenticator.ts';
import { createSteeredSource, keySetOf } from '../../../support/gateway/key-sets.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import {
  CLIENT_ID,
  DOCTOR_ID,
  signClientToken,
  signForeignToken,
  signToken,
  TOKEN_TIME,
  testKey,
} from '../../../support/tokens/tokens.ts';

describe('a good token', () => {
  it('of our own core becomes the principal that its claims tell of', async () => {
    const { principal } = await createTestAuthenticator();
    const token = await signToken({ roles: ['doctor', 'admin', 'doctor'], doctor_id: 'd-200' });
    expect(await principal(token)).toMatchObject({
      kind: 'user',
      subject: DOCTOR_ID,
      username: 'doctor@demo.test',
      sessionId: `ses_${'5'.repeat(32)}`,
      issuerId: 'wardgate',
      authenticatedBy: 'access_token',
      roles: ['admin', 'doctor'],
      scopes: new Set(['alerts:read']),
      claims: { doctor_id: 'd-200' },
      expiresAt: TOKEN_TIME + 900,
    });
  });

  it('of a foreign issuer becomes one with its roles, scopes and username', async () => {
    const { principal } = await createTestAuthenticator();
    expect(await principal(await signForeignToken())).toMatchObject({
      kind: 'user',
      username: 'house',
      sessionId: undefined,
      issuerId: 'keycloak',
      roles: ['offline_access', 'physician'],
      scopes: new Set(['openid', 'alerts:read']),
    });
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('passes with %s', async (algorithm) => {
    const { ownKeys, verdict } = await createTestAuthenticator();
    const key = await testKey(algorithm);
    ownKeys.keys = [key.publicJwk];
    expect(await verdict(await signToken({}, { key }))).toBe('authenticated');
  });

  it('of a client makes a principal without a session and a name', async () => {
    const { principal } = await createTestAuthenticator();
    expect(await principal(await signClientToken())).toMatchObject({
      kind: 'client',
      subject: CLIENT_ID,
      username: undefined,
      sessionId: undefined,
      roles: ['exporter'],
      scopes: new Set(['patients:read']),
    });
  });

  it.each([
    { client_id: `cli_${'d'.repeat(32)}` },
    { sid: `ses_${'5'.repeat(32)}` },
    { username: 'doctor' },
    { auth_time: 1 },
    { acr: 'aal1' },
    { amr: ['pwd'] },
    { patient_id: 'p-100' },
    { doctor_id: 'd-200' },
    { jti: undefined },
    { scope: undefined },
    { roles: undefined },
    { sub: DOCTOR_ID },
  ])('of a client is refused with %j', async (claims) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signClientToken(claims))).toBe('claim_malformed');
  });

  it('passes without kid where one key fits', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken({}, { header: { kid: undefined } }))).toBe('authenticated');
  });

  it('passes as well where signatures are checked asynchronously', async () => {
    const clock = createManualClock();
    const { source } = createSteeredSource([(await testKey()).publicJwk]);
    const authenticator = createJwtAuthenticator({
      issuers: [{ policy: OWN_POLICY, keySet: keySetOf(source, clock.now) }],
      fingerprint: (text) => text,
      clock: clock.now,
      verifySignature: createWebCryptoVerifier(),
    });
    const names = ['ada', 'bob', 'cyd', 'dan'];
    const tokens = await Promise.all(names.map((username) => signToken({ username })));
    const answers = await Promise.all(
      [...tokens, ...tokens].map((token) =>
        authenticator.authenticate({ kind: 'access_token', token, fromCookie: false }),
      ),
    );
    const seen = answers.map((answer) =>
      answer.kind === 'authenticated' ? answer.principal.username : answer.kind,
    );
    expect(seen).toEqual([...names, ...names]);
  });
});

describe('a remembered token', () => {
  it('is answered at once, with the same facts and no second signature check', async () => {
    const test = await createTestAuthenticator();
    const token = await signToken();
    const first = await test.judge(token);
    const second = test.judge(token);
    expect(second).toBe(first);
    expect(test.verifications).toBe(1);
  });

  it('ends with its expiry, ten seconds of tolerance granted', async () => {
    const test = await createTestAuthenticator();
    const token = await signToken();
    await test.judge(token);
    test.clock.advanceSeconds(909);
    expect(await test.verdict(token)).toBe('authenticated');
    test.clock.advanceSeconds(1);
    expect(await test.verdict(token)).toBe('expired');
  });

  it('ends with its key: once the set is fetched without it', async () => {
    const test = await createTestAuthenticator();
    const token = await signToken();
    await test.judge(token);
    test.ownKeys.keys = [];
    test.clock.advanceSeconds(601);
    expect(await test.verdict(token)).toBe('key_unknown');
  });

  it('serves on while the issuer is down', async () => {
    const test = await createTestAuthenticator();
    const token = await signToken({ exp: TOKEN_TIME + 7200 });
    await test.judge(token);
    test.ownKeys.down = true;
    test.clock.advanceSeconds(3600);
    expect(await test.verdict(token)).toBe('authenticated');
  });

  it('is one of a bounded number; those in use stay', async () => {
    const test = await createTestAuthenticator({ rememberedMax: 10 });
    const used = await signToken({ username: 'used' });
    await test.judge(used);
    for (let number = 0; number < 30; number += 1) {
      await test.judge(await signToken({ username: `other-${number}` }));
      await test.judge(used);
    }
    expect(test.verifications).toBe(31);
    await test.judge(await signToken({ username: 'other-0' }));
    expect(test.verifications).toBe(32);
  });

  it('is never a rejected one', async () => {
    const test = await createTestAuthenticator();
    const token = await signToken({ nbf: TOKEN_TIME + 60 });
    expect(await test.verdict(token)).toBe('not_yet_valid');
    test.clock.advanceSeconds(60);
    expect(await test.verdict(token)).toBe('authenticated');
  });
});

describe('what is not a verdict on the token', () => {
  it('another kind of credential is not applicable', async () => {
    const clock = createManualClock();
    const authenticator = createJwtAuthenticator({
      issuers: [],
      fingerprint: (text) => text,
      clock: clock.now,
      verifySignature: () => true,
    });
    const answer = authenticator.authenticate({ kind: 'session_token', token: 'x', fromCookie: true });
    expect(answer).toEqual({ kind: 'not_applicable' });
  });

  it('keys that cannot be had are unavailable, not a rejection', async () => {
    const test = await createTestAuthenticator();
    test.ownKeys.down = true;
    const token = await signToken();
    expect(await test.judge(token)).toEqual({ kind: 'unavailable', dependency: 'key_set' });
    test.ownKeys.down = false;
    test.clock.advanceSeconds(1);
    expect(await test.verdict(token)).toBe('authenticated');
  });

  it('one issuer that is down does not touch the tokens of another', async () => {
    const test = await createTestAuthenticator();
    test.foreignKeys.down = true;
    expect(await test.verdict(await signForeignToken())).toBe('unavailable');
    expect(await test.verdict(await signToken())).toBe('authenticated');
  });
});
