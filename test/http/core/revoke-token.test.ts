import fc from 'fast-check';
import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createClientSecret } from '../../../src/identity/client-secret.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import { addSecretClient, basic, sendForm } from '../../support/oauth/client-requests.ts';
import { testKey } from '../../support/tokens/tokens.ts';

const BODY = { login: 'doctor', password: PASSWORD };
const REQUEST = { requestId: 'req-1', clientAddress: '192.0.2.7' };

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/** A core with two clients, the first of which has logged the doctor in. */
async function start() {
  const core = await startCoreApp();
  const [client, other] = [await addSecretClient(core), await addSecretClient(core)];
  const as = ({ id, secret }: typeof client) => basic(id, secret);
  const logIn = async (headers: Record<string, string> = as(client)): Promise<Tokens> => {
    const answer = await core.send('POST', '/v1/auth/sessions', { body: BODY, headers });
    const { accessToken, refreshToken, session } = await answer.json();
    return { accessToken, refreshToken, sessionId: session.id };
  };
  const revoke = (token: string, more: Readonly<Record<string, string>> = {}, headers = as(client)) =>
    sendForm(core, { token, ...more }, headers, '/oauth/revoke');
  const refresh = async (refreshToken: string) => {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return sendForm(core, form, as(client));
  };
  const isAlive = async ({ accessToken }: Tokens) =>
    (await core.send('GET', '/v1/auth/me', { token: accessToken })).status === 200;
  const tokens = await logIn();
  core.recorded.splice(0);
  return { ...core, core, client, other, as, logIn, revoke, refresh, isAlive, tokens };
}

async function refusal(response: Response): Promise<string> {
  return `${response.status} ${(await response.json()).error}`;
}

/** Holds that the answer is the one of success. */
async function expectDone(response: Response): Promise<void> {
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: {} });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
}

async function revokedTokens({ stores }: Pick<CoreUnderTest, 'stores'>): Promise<string[]> {
  const { revocations } = await stores.revocationLog.read(undefined);
  return revocations.filter(({ kind }) => kind === 'token').map(({ id }) => id);
}

describe('POST /oauth/revoke', () => {
  it('ends the session of a refresh token, and no other, and records who did it', async () => {
    const { core, client, logIn, revoke, refresh, isAlive, tokens, recorded, stores } = await start();
    const second = await logIn();
    recorded.splice(0);
    await expectDone(await revoke(tokens.refreshToken));
    expect([await isAlive(tokens), await isAlive(second)]).toEqual([false, true]);
    expect(await refusal(await refresh(tokens.refreshToken))).toBe('400 invalid_grant');
    expect((await refresh(second.refreshToken)).status).toBe(200);
    const doctor = await stores.users.findByLogin('doctor');
    expect(recorded[0]).toEqual({
      type: 'session.ended',
      outcome: 'success',
      actor: { kind: 'client', id: client.id },
      target: { kind: 'session', id: tokens.sessionId },
      request: REQUEST,
      details: { user_id: doctor?.id },
    });
    expect(await revokedTokens(core)).toEqual([]);
  });

  it('ends the session of a spent refresh token too, as revoked and not as compromised', async () => {
    const { revoke, refresh, isAlive, tokens, recorded } = await start();
    const first = (await (await refresh(tokens.refreshToken)).json()).refresh_token;
    await refresh(first);
    await expectDone(await revoke(tokens.refreshToken));
    expect(await isAlive(tokens)).toBe(false);
    expect(recorded.map(({ type }) => type)).not.toContain('session.compromised');
  });

  it('ends the session of an access token of the client’s session', async () => {
    const { revoke, refresh, isAlive, tokens } = await start();
    await expectDone(await revoke(tokens.accessToken));
    expect(await isAlive(tokens)).toBe(false);
    expect(await refusal(await refresh(tokens.refreshToken))).toBe('400 invalid_grant');
  });

  it('ends an access token that a client has for itself, and no other', async () => {
    const { core, client, as, revoke, isAlive, tokens, recorded } = await start();
    const grant = () => sendForm(core, { grant_type: 'client_credentials' }, as(client));
    const { access_token } = await (await grant()).json();
    recorded.splice(0);
    await expectDone(await revoke(access_token));
    const { jti } = decodeJwt(access_token);
    expect(await revokedTokens(core)).toEqual([jti]);
    expect(await isAlive(tokens)).toBe(true);
    expect(recorded).toEqual([
      {
        type: 'client.token_revoked',
        outcome: 'success',
        actor: { kind: 'client', id: client.id },
        target: { kind: 'client', id: client.id },
        request: REQUEST,
        details: { token_id: jti },
      },
    ]);
  });

  it('ends a token that the client exchanged, and not the session that it comes from', async () => {
    const { core, client, other, revoke, as, isAlive, tokens } = await start();
    const claims = decodeJwt(tokens.accessToken);
    const jti = `jti_${'e'.repeat(32)}`;
    const exchanged = await core.core.sign(
      { ...claims, jti, aud: 'alerts', client_id: other.id, act: { sub: other.id } },
      'at+jwt',
    );
    expect(await refusal(await revoke(exchanged, {}, as(client)))).toBe('400 invalid_grant');
    await expectDone(await revoke(exchanged, {}, as(other)));
    expect(await revokedTokens(core)).toEqual([jti]);
    expect(await isAlive(tokens)).toBe(true);
  });

  it('is done as well a second time, and records that once', async () => {
    const { revoke, tokens, recorded } = await start();
    for (const token of [tokens.refreshToken, tokens.refreshToken, tokens.accessToken])
      await expectDone(await revoke(token));
    expect(recorded.map(({ type }) => type)).toEqual(['session.ended']);
  });

  it.each(['access_token', 'refresh_token', 'id_token', 'x', ''])(
    'takes the hint %j for nothing',
    async (hint) => {
      const { revoke, isAlive, logIn, tokens } = await start();
      const second = await logIn();
      await expectDone(await revoke(tokens.refreshToken, { token_type_hint: hint }));
      await expectDone(await revoke(second.accessToken, { token_type_hint: hint }));
      expect([await isAlive(tokens), await isAlive(second)]).toEqual([false, false]);
    },
  );

  it('refuses the tokens of another client, in any state, and they live on', async () => {
    const { core, revoke, as, other, client, refresh, isAlive, tokens, recorded } = await start();
    const next = (await (await refresh(tokens.refreshToken)).json()).refresh_token;
    const last = (await (await refresh(next)).json()).refresh_token;
    for (const token of [tokens.refreshToken, next, last, tokens.accessToken])
      expect(await refusal(await revoke(token, {}, as(other)))).toBe('400 invalid_grant');
    expect(recorded).toHaveLength(4);
    expect(recorded[0]).toMatchObject({
      type: 'session.ended',
      outcome: 'refused',
      reason: 'client_mismatch',
      actor: { kind: 'client', id: other.id },
    });
    expect(await isAlive(tokens)).toBe(true);
    expect((await refresh(last)).status).toBe(200);
    const { access_token } = await (
      await sendForm(core, { grant_type: 'client_credentials' }, as(client))
    ).json();
    expect(await refusal(await revoke(access_token, {}, as(other)))).toBe('400 invalid_grant');
    expect(await revokedTokens(core)).toEqual([]);
  });

  it('refuses the tokens of a session that is nobody’s, and they live on', async () => {
    const { revoke, logIn, isAlive } = await start();
    const own = await logIn({});
    for (const token of [own.refreshToken, own.accessToken])
      expect(await refusal(await revoke(token))).toBe('400 invalid_grant');
    expect(await isAlive(own)).toBe(true);
  });

  it('answers 200 to whatever is no token of ours that is good, and records nothing', async () => {
    const { core, revoke, tokens, recorded, clock, isAlive } = await start();
    const { privateKey, kid } = await testKey('ES256');
    const claims = decodeJwt(tokens.accessToken);
    const sign = (more: object) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .sign(privateKey);
    const { cookie } = await core.logInWithCookie('doctor');
    const [head, body, signature = ''] = tokens.accessToken.split('.');
    recorded.splice(0);
    const unknown = [
      'x',
      ' ',
      '.'.repeat(8000),
      createClientSecret(),
      cookie.split('=')[1] ?? '',
      await sign({}),
      await sign({ iss: 'https://id.example/realms/clinic' }),
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${head}.${btoa(JSON.stringify({ ...claims, iss: 'x' }))}.${signature}`,
      await core.core.sign({ ...claims }, 'JWT'),
      await core.core.sign({ ...claims, iss: 'https://gate.test/' }, 'at+jwt'),
      `${tokens.refreshToken.slice(0, -1)}${tokens.refreshToken.endsWith('A') ? 'Q' : 'A'}`,
    ];
    for (const token of unknown) await expectDone(await revoke(token));
    expect(await isAlive(tokens)).toBe(true);
    clock.advanceSeconds(901);
    await expectDone(await revoke(tokens.accessToken));
    expect(recorded).toEqual([]);
    expect((await core.stores.revocationLog.read(undefined)).revocations).toEqual([]);
  });

  it('takes nothing but the very texts that were issued for tokens', async () => {
    const { revoke, tokens, isAlive, recorded } = await start();
    const texts = [tokens.accessToken, tokens.refreshToken];
    const change = fc.stringMatching(/^[\w.-]{0,2}$/);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts), fc.nat(), change, async (text, number, changed) => {
        // Not the last: it has bits that mean nothing.
        const at = number % (text.length - 1);
        const other = text.slice(0, at) + changed + text.slice(at + 1);
        fc.pre(other !== text);
        await expectDone(await revoke(other));
      }),
      { numRuns: 200 },
    );
    expect(recorded).toEqual([]);
    expect(await isAlive(tokens)).toBe(true);
  });

  it('wants one token, from a client that proves who it is', async () => {
    const { core, client, as, tokens, isAlive } = await start();
    const ask = async (form: string, headers: Record<string, string>, path = '/oauth/revoke') =>
      refusal(await sendForm(core, form, headers, path));
    const token = `token=${tokens.refreshToken}`;
    expect(await ask('', as(client))).toBe('400 invalid_request');
    expect(await ask('token=', as(client))).toBe('400 invalid_request');
    expect(await ask(`${token}&${token}`, as(client))).toBe('400 invalid_request');
    expect(await ask(token, as(client), '/oauth/revoke?x')).toBe('400 invalid_request');
    expect(await ask(token, {})).toBe('401 invalid_client');
    expect(await ask(token, basic(client.id, 'x'))).toBe('401 invalid_client');
    expect(await ask(token, { authorization: `Bearer ${tokens.accessToken}` })).toBe('401 invalid_client');
    expect(await isAlive(tokens)).toBe(true);
  });

  it('answers 503 and never 200 where it could not be done', async () => {
    const { revoke, core, client, as, stores, tokens, isAlive } = await start();
    const { access_token } = await (
      await sendForm(core, { grant_type: 'client_credentials' }, as(client))
    ).json();
    const broken = async () => {
      throw new UnavailableError('database', 'gone');
    };
    const { end } = stores.sessions;
    Object.assign(stores.sessions, { end: broken });
    Object.assign(stores.revocationLog, { revokeToken: broken });
    for (const token of [tokens.refreshToken, tokens.accessToken, access_token])
      expect(await refusal(await revoke(token))).toBe('503 temporarily_unavailable');
    expect(await isAlive(tokens)).toBe(true);
    Object.assign(stores.sessions, { end });
    await expectDone(await revoke(tokens.refreshToken));
  });
});
