import { describe, expect, it, vi } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import {
  addKeyClient,
  addSecretClient,
  assertionForm,
  sendForm,
  signAssertion,
} from '../../support/oauth/client-requests.ts';
import { assembleToken, type TestKey, TOKEN_TIME, testKey } from '../../support/tokens/tokens.ts';

async function start(keys?: readonly TestKey[]) {
  const under = await startCoreApp();
  const { id } = await addKeyClient(under, keys ?? [await testKey('ES256')]);
  const present = async (assertion: string, more: Record<string, string> = {}) =>
    sendForm(under, { ...assertionForm(assertion), ...more });
  const because = () => under.recorded.at(-1)?.reason;
  return { ...under, id, present, because };
}

describe('a client assertion', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('signed with %s gets a token', async (algorithm) => {
    const key = await testKey(algorithm);
    const { id, present } = await start([key]);
    const response = await present(await signAssertion(id, {}, { key }));
    expect(response.status).toBe(200);
  });

  it.each([
    ['the token endpoint', 'https://gate.test/oauth/token'],
    ['both names of ours', ['https://gate.test', 'https://gate.test/oauth/token']],
  ])('may be addressed to %s', async (_what, aud) => {
    const { id, present } = await start();
    expect((await present(await signAssertion(id, { aud }), { client_id: id })).status).toBe(200);
  });

  it('is good once, for twenty at the same time', async () => {
    const { id, present, because } = await start();
    const assertion = await signAssertion(id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect((await present(assertion)).status).toBe(401);
    expect(because()).toBe('assertion_replayed');
  });

  it('is chosen a key for by its kid, among those of the client alone', async () => {
    const [first, second, foreign] = await Promise.all(
      ['first', 'second', 'foreign'].map((kid) => testKey('ES256', kid)),
    );
    if (first === undefined || second === undefined) throw new Error('no keys');
    const { id, present } = await start([first, second]);
    expect((await present(await signAssertion(id, {}, { key: second }))).status).toBe(200);
    expect(
      (await present(await signAssertion(id, {}, { key: second, header: { kid: 'first' } }))).status,
    ).toBe(401);
    expect(
      (await present(await signAssertion(id, {}, { key: second, header: { kid: undefined } }))).status,
    ).toBe(401);
    expect((await present(await signAssertion(id, {}, { ...(foreign && { key: foreign }) }))).status).toBe(
      401,
    );
  });

  it.each([
    ['another issuer', { iss: 'cli_x' }, 'assertion_claims_invalid'],
    ['another audience', { aud: 'https://evil.test' }, 'assertion_claims_invalid'],
    ['a second audience', { aud: ['https://gate.test', 'https://evil.test'] }, 'assertion_claims_invalid'],
    ['no audience', { aud: undefined }, 'assertion_claims_invalid'],
    ['an empty list of audiences', { aud: [] }, 'assertion_claims_invalid'],
    ['a prefix of ours as audience', { aud: 'https://gate.tes' }, 'assertion_claims_invalid'],
    ['no end', { exp: undefined }, 'assertion_claims_invalid'],
    ['an end that is past', { exp: TOKEN_TIME - 11 }, 'assertion_expired'],
    ['an end that is far', { exp: TOKEN_TIME + 311 }, 'assertion_lifetime_too_long'],
    ['an end that is endless', { exp: 1e300 }, 'assertion_lifetime_too_long'],
    ['a beginning to come', { nbf: TOKEN_TIME + 60 }, 'assertion_claims_invalid'],
    ['an issue to come', { iat: TOKEN_TIME + 60 }, 'assertion_claims_invalid'],
    ['no jti', { jti: undefined }, 'assertion_claims_invalid'],
    ['an empty jti', { jti: '' }, 'assertion_claims_invalid'],
    ['a jti that is no text', { jti: 1 }, 'assertion_claims_invalid'],
    ['a jti that is too long', { jti: 'x'.repeat(257) }, 'assertion_claims_invalid'],
  ])('with %s is refused', async (_what, claims, reason) => {
    const { id, present, because } = await start();
    const response = await present(await signAssertion(id, claims));
    expect(response.status).toBe(401);
    expect((await response.json()).error).toBe('invalid_client');
    expect(because()).toBe(reason);
  });

  it('of an unknown client, of one with a secret, and of a disabled one is refused alike', async () => {
    const under = await start();
    const { id, present, because, stores } = under;
    const secretClient = await addSecretClient(under);
    const bodies = new Set<string>();
    for (const [sub, reason] of [
      [createId('client'), 'client_unknown'],
      [createId('user'), 'client_unknown'],
      [secretClient.id, 'method_mismatch'],
    ] as const) {
      const response = await present(await signAssertion(sub));
      expect(response.status).toBe(401);
      bodies.add(await response.text());
      expect(because()).toBe(reason);
    }
    await stores.clients.change(id, { disabled: true });
    bodies.add(await (await present(await signAssertion(id))).text());
    expect(because()).toBe('client_disabled');
    expect(bodies.size).toBe(1);
  });

  it.each([
    ['alg none', { alg: 'none' }],
    ['alg NONE', { alg: 'NONE' }],
    ['HS256', { alg: 'HS256' }],
    ['ES384', { alg: 'ES384' }],
    ['no alg', {}],
    ['an unknown crit', { alg: 'ES256', crit: ['x'], x: 1 }],
    ['a key of its own', { alg: 'ES256', jwk: { kty: 'oct', k: 'eA' } }],
  ])('with %s is refused', async (_what, header) => {
    const { id, present } = await start();
    const exp = TOKEN_TIME + 60;
    const payload = { iss: id, sub: id, aud: 'https://gate.test', exp, jti: 'one' };
    expect((await present(assembleToken(header, payload, new Uint8Array(64)))).status).toBe(401);
  });

  it.each(['at+jwt', 'logout+jwt', 'dpop+jwt', 1])('of the type %j is refused', async (typ) => {
    const { id, present, because } = await start();
    expect((await present(await signAssertion(id, {}, { header: { typ } }))).status).toBe(401);
    expect(because()).toBe('assertion_type_mismatch');
    expect((await present(await signAssertion(id, {}, { header: { typ: 'JWT' } }))).status).toBe(200);
  });

  it('has to come with its type and agree with the id beside it', async () => {
    const under = await start();
    const { id } = under;
    const form = assertionForm(await signAssertion(id));
    const { client_assertion_type: _, ...untyped } = form;
    for (const [changed, status] of [
      [untyped, 401],
      [{ ...form, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }, 401],
      [{ ...form, client_assertion: '' }, 401],
      [{ ...form, client_assertion: 'x.y.z' }, 401],
      [{ ...form, client_id: createId('client') }, 400],
      [{ ...form, client_id: id }, 200],
    ] as const)
      expect((await sendForm(under, changed as Record<string, string>)).status).toBe(status);
  });

  it('of a client that does not exist costs a look at a signature, as a wrong one does', async () => {
    const { id, present } = await start();
    const foreign = await testKey('ES256', 'foreign');
    const looks = vi.spyOn(crypto.subtle, 'verify');
    for (const [sub, key] of [
      [id, await testKey('ES256')],
      [id, foreign],
      [createId('client'), foreign],
    ] as const) {
      const assertion = await signAssertion(sub, { aud: 'https://evil.test' }, { key });
      looks.mockClear();
      await present(assertion);
      expect(looks).toHaveBeenCalledTimes(1);
    }
    looks.mockRestore();
  });
});
