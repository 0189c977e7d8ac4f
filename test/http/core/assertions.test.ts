import { describe, expect, it } from 'vitest';
import { createHttpAssertionSigner } from '../../../src/adapters/http/assertion-signer-http.ts';
import { createCores } from '../../../src/adapters/http/cores.ts';
import { createAssertionVerifier } from '../../../src/downstream/assertion-verifier.ts';
import type { AssertedFacts } from '../../../src/identity/identity-assertion.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { readCompactJws } from '../../../src/oauth/compact-jws.ts';
import { INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';
import { basic } from '../../support/oauth/client-requests.ts';
import { CLIENT_ID, DOCTOR_ID, FOREIGN_ISSUER } from '../../support/tokens/tokens.ts';

const PATH = '/internal/assertions';
const headers = basic(INTERNAL_CLIENT.id, INTERNAL_CLIENT.secret);
const ADDRESS = createCores(['https://core.test'], INTERNAL_CLIENT);
const QUESTION = { audience: 'patients', sub: DOCTOR_ID, roles: ['doctor'], scopes: ['alerts:read'] };
const FACTS: AssertedFacts = {
  audience: 'patients',
  subject: DOCTOR_ID,
  roles: ['doctor'],
  scopes: ['alerts:read', 'patients:read'],
  username: 'doctor',
  sessionId: `ses_${'5'.repeat(32)}`,
  patientId: 'p-100',
  doctorId: 'd-200',
  clientId: CLIENT_ID,
  actor: { sub: CLIENT_ID },
};

async function start() {
  const under = await startCoreApp();
  const facts = { requestId: 'req-1', clientAddress: undefined };
  const toCore: typeof fetch = async (url, init) => under.app.fetch(new Request(url, init), facts);
  const signer = createHttpAssertionSigner(ADDRESS, { fetch: toCore });
  const verifier = createAssertionVerifier({
    issuer: 'https://gate.test',
    audience: 'patients',
    fetch: toCore,
    clock: under.clock.now,
  });
  return { ...under, signer, verifier };
}

describe('POST /internal/assertions', () => {
  it('answers with the assertion and its end', async () => {
    const { send, clock } = await start();
    const response = await send('POST', PATH, { body: QUESTION, headers });
    expect([response.status, Object.keys(await response.clone().json()).sort()]).toEqual([
      200,
      ['expires_at', 'token'],
    ]);
    expect((await response.json()).expires_at).toBe(Math.floor(clock.now() / 1000) + 60);
  });

  it('signs what a gateway knows of a caller, for a service to verify', async () => {
    const { signer, verifier, clock } = await start();
    const { token, expiresAt } = await signer.sign(FACTS);

    expect(expiresAt).toBe(Math.floor(clock.now() / 1000) + 60);
    expect(await verifier.verify(token)).toEqual({
      kind: 'identified',
      identity: {
        userId: DOCTOR_ID,
        issuer: 'https://gate.test',
        roles: ['doctor'],
        scopes: ['alerts:read', 'patients:read'],
        username: 'doctor',
        sessionId: `ses_${'5'.repeat(32)}`,
        patientId: 'p-100',
        doctorId: 'd-200',
        clientId: CLIENT_ID,
        actor: { sub: CLIENT_ID },
      },
    });
  });

  it('names the issuer of a foreign caller, and leaves out what is not known', async () => {
    const { signer, verifier } = await start();
    const foreign = { audience: 'patients', subject: 'house', issuer: FOREIGN_ISSUER, roles: [], scopes: [] };
    const { token } = await signer.sign(foreign);

    expect(await verifier.verify(token)).toMatchObject({
      identity: { userId: 'house', issuer: FOREIGN_ISSUER, username: undefined, scopes: [] },
    });
    expect(Object.keys(readCompactJws(token)?.payload ?? {}).sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'jti', 'roles', 'scope', 'sub', 'sub_iss'].sort(),
    );
  });

  it('signs by its own type, for its own minute and with its own id, whatever it is sent', async () => {
    const { send, signer } = await start();
    const [one, two] = [await signer.sign(FACTS), await signer.sign(FACTS)];
    const [first, second] = [readCompactJws(one.token), readCompactJws(two.token)];

    expect(first?.header).toMatchObject({ typ: 'identity-assertion+jwt' });
    expect(first?.payload.jti).not.toBe(second?.payload.jti);
    for (const more of [{ iss: 'x' }, { typ: 'at+jwt' }, { exp: 9e9 }, { aud: 'clinic' }, { amr: ['pwd'] }])
      expect((await send('POST', PATH, { headers, body: { ...QUESTION, ...more } })).status).toBe(400);
  });

  it('signs no subject that its issuer cannot have', async () => {
    const { send, signer } = await start();
    for (const wrong of [
      { sub: 'house' },
      { sub: `ses_${'5'.repeat(32)}` },
      { issuer: FOREIGN_ISSUER },
      { issuer: FOREIGN_ISSUER, sub: 'USR_x' },
      { issuer: 'https://gate.test', sub: 'house' },
    ])
      expect((await send('POST', PATH, { headers, body: { ...QUESTION, ...wrong } })).status).toBe(400);
    await expect(signer.sign({ ...FACTS, subject: 'house' })).rejects.toBeInstanceOf(UnavailableError);
  });

  it('refuses strangers, and what is no question', async () => {
    const { send } = await start();
    expect((await send('POST', PATH, { body: QUESTION })).status).toBe(401);
    expect((await send('POST', PATH, { body: QUESTION, headers: basic('edge', 'wrong') })).status).toBe(401);
    const { audience: _, ...withoutAudience } = QUESTION;
    for (const body of [
      {},
      withoutAudience,
      { ...QUESTION, audience: '' },
      { ...QUESTION, audience: ['patients'] },
      { ...QUESTION, roles: ['a,admin'] },
      { ...QUESTION, roles: Array.from({ length: 257 }, (_, index) => `r${index}`) },
      { ...QUESTION, scopes: ['a b'] },
      { ...QUESTION, scopes: ['a a'] },
      { ...QUESTION, username: '' },
      { ...QUESTION, act: { sub: 'house' } },
      { ...QUESTION, act: CLIENT_ID },
    ])
      expect((await send('POST', PATH, { headers, body })).status).toBe(400);
    const large = { ...QUESTION, username: 'x'.repeat(20_000) };
    expect((await send('POST', PATH, { headers, body: large })).status).toBe(413);
    const text = { ...headers, 'content-type': 'text/plain' };
    expect((await send('POST', PATH, { headers: text, body: 'x' })).status).toBe(415);
  });

  it('makes the gateway say that it cannot tell where no key can sign', async () => {
    const { send, stores, signer, clock } = await start();
    const { list } = stores.signingKeys;
    Object.assign(stores.signingKeys, {
      list: async () => {
        const listing = await list();
        return { ...listing, keys: [] };
      },
    });
    clock.advanceSeconds(120);

    expect((await send('POST', PATH, { headers, body: QUESTION })).status).toBe(503);
    await expect(signer.sign(FACTS)).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each([{}, { token: '', expires_at: 1 }, { token: 'x' }, { active: false }, [], 'x'])(
    'is believed by a gateway only where it is well-formed: %j',
    async (answer) => {
      const signer = createHttpAssertionSigner(ADDRESS, { fetch: async () => Response.json(answer) });

      await expect(signer.sign(FACTS)).rejects.toBeInstanceOf(UnavailableError);
    },
  );
});
