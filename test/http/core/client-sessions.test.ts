import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { REVOCATION_MARGIN_SECONDS } from '../../../src/identity/revocation.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import { addKeyClient, addSecretClient, basic, sendForm } from '../../support/oauth/client-requests.ts';
import { testKey } from '../../support/tokens/tokens.ts';

const SESSIONS = '/v1/auth/sessions';
const BODY = { login: 'doctor', password: PASSWORD };

/** A core with a client that has logged the doctor in. */
async function start() {
  const core = await startCoreApp();
  const client = await addSecretClient(core);
  const headers = basic(client.id, client.secret);
  const answer = await core.send('POST', SESSIONS, { body: BODY, headers });
  const { accessToken, refreshToken, session } = await answer.json();
  const refresh = (token: string, more: Readonly<Record<string, string>> = {}, as = headers) =>
    sendForm(core, { grant_type: 'refresh_token', refresh_token: token, ...more }, as);
  return { ...core, core, client, headers, answer, accessToken, refreshToken, session, refresh };
}

async function refusal(response: Response): Promise<string> {
  return `${response.status} ${(await response.json()).error}`;
}

const eventsOf = ({ recorded }: Pick<CoreUnderTest, 'recorded'>, type: string) =>
  recorded.filter((event) => event.type === type);

describe('a log-in through a client', () => {
  it('that ends when the client was given another secret meanwhile brings a token from before that', async () => {
    const core = await startCoreApp();
    const { id, secret } = await addSecretClient(core);
    core.hasher.verify = async () => {
      await core.stores.clients.rotateSecret(id, new Uint8Array(32));
      return true;
    };
    const answer = await core.send('POST', SESSIONS, { body: BODY, headers: basic(id, secret) });
    const { iat = 0 } = decodeJwt((await answer.json()).accessToken);
    const { revocations } = await core.stores.revocationLog.read(undefined);
    const [{ revokedAtMs } = { revokedAtMs: 0 }] = revocations.filter((revocation) => revocation.id === id);
    expect(iat - REVOCATION_MARGIN_SECONDS).toBeLessThanOrEqual(Math.floor(revokedAtMs / 1000));
  });

  it('begins a session of the client’s, whose access tokens name it, and records through whom', async () => {
    const { core, client, answer, accessToken, session, stores } = await start();
    expect(answer.status).toBe(201);
    expect(decodeJwt(accessToken)).toMatchObject({
      client_id: client.id,
      sid: session.id,
      username: 'doctor',
    });
    expect(session).toMatchObject({ transport: 'bearer', clientId: client.id });
    expect(eventsOf(core, 'session.begun').at(-1)?.details).toEqual({
      transport: 'bearer',
      client_id: client.id,
    });
    expect((await stores.clients.findById(client.id))?.lastUsedAt).toBeDefined();
  });

  it('shows the user through which client each session goes', async () => {
    const { core, client, accessToken } = await start();
    await core.logIn('doctor');
    const { sessions } = await (await core.send('GET', SESSIONS, { token: accessToken })).json();
    expect(sessions.map(({ clientId }: { clientId?: string }) => clientId)).toEqual([client.id, undefined]);
  });

  it('answers a wrong client as it answers a wrong password, without a look at the password', async () => {
    const { core, client, hasher, stores } = await start();
    const keyClient = await addKeyClient(core, [await testKey('ES256')]);
    const refuse = async (headers: Record<string, string>, body: unknown = BODY) => {
      const response = await core.send('POST', SESSIONS, { body, headers });
      const { request_id: _, ...problem } = await response.json();
      return { status: response.status, challenge: response.headers.get('www-authenticate'), problem };
    };
    const wrongPassword = await refuse(basic(client.id, client.secret), { ...BODY, password: 'x' });
    expect(wrongPassword).toMatchObject({ status: 401, problem: { code: 'invalid_credentials' } });
    const verified = hasher.verified.length;
    const wrong = [
      basic(client.id, `${client.secret}x`),
      basic(`cli_${'0'.repeat(32)}`, client.secret),
      basic(keyClient.id, client.secret),
      { authorization: 'Basic' },
      { authorization: 'basic !' },
      { authorization: `${basic(client.id, client.secret).authorization}, Basic eDp5` },
    ];
    for (const headers of wrong) expect(await refuse(headers)).toEqual(wrongPassword);
    await stores.clients.change(client.id, { disabled: true });
    expect(await refuse(basic(client.id, client.secret))).toEqual(wrongPassword);
    expect(hasher.verified).toHaveLength(verified);
    expect(eventsOf(core, 'client.authenticated').at(-1)).toMatchObject({ reason: 'client_disabled' });
  });

  it.each(['cookie', 'token_cookies'])('is refused with the transport %s', async (transport) => {
    const { core, headers } = await start();
    const response = await core.send('POST', SESSIONS, { body: { ...BODY, transport }, headers });
    expect({ status: response.status, code: (await response.json()).code }).toEqual({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('is none where the credential is of another scheme: programs send the token that they still have', async () => {
    const { core } = await start();
    const headers = { authorization: 'Bearer of-old' };
    const { session } = await (await core.send('POST', SESSIONS, { body: BODY, headers })).json();
    expect(session).not.toHaveProperty('clientId');
  });

  it('answers 503 while it cannot be told who the client is', async () => {
    const { core, headers, stores } = await start();
    Object.assign(stores.clients, {
      findCredentials: async () => {
        throw new UnavailableError('database', 'gone');
      },
    });
    expect((await core.send('POST', SESSIONS, { body: BODY, headers })).status).toBe(503);
  });
});

describe('the grant refresh_token', () => {
  it('answers the client with the next tokens', async () => {
    const { client, refreshToken, refresh, session } = await start();
    const response = await refresh(refreshToken);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { access_token, refresh_token, ...rest } = await response.json();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 900, scope: 'alerts:read patients:read' });
    expect(decodeJwt(access_token)).toMatchObject({ client_id: client.id, sid: session.id });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('answers a lost response with the same successor, and a replay with the end of that session', async () => {
    const core = await start();
    const { refreshToken, refresh, client, session } = core;
    const first = (await (await refresh(refreshToken)).json()).refresh_token;
    expect((await (await refresh(refreshToken)).json()).refresh_token).toBe(first);
    const second = (await (await refresh(first)).json()).refresh_token;
    expect(await refusal(await refresh(refreshToken))).toBe('400 invalid_grant');
    expect(await refusal(await refresh(second))).toBe('400 invalid_grant');
    expect(eventsOf(core, 'session.compromised')).toMatchObject([
      { actor: { kind: 'client', id: client.id }, sessionId: session.id, reason: 'refresh_token_replayed' },
    ]);
  });

  it('narrows the scope of the access token alone', async () => {
    const { refreshToken, refresh } = await start();
    const narrow = await (await refresh(refreshToken, { scope: 'alerts:read' })).json();
    expect(narrow.scope).toBe('alerts:read');
    expect(decodeJwt(narrow.access_token).scope).toBe('alerts:read');
    const wide = await (await refresh(narrow.refresh_token)).json();
    expect(wide.scope).toBe('alerts:read patients:read');
  });

  it('never widens the scope, and leaves the token unspent where that is asked for', async () => {
    const core = await start();
    const { refreshToken, refresh } = core;
    for (const scope of ['alerts:write', 'alerts:read alerts:write', 'a"b', ' '])
      expect(await refusal(await refresh(refreshToken, { scope })), scope).toBe('400 invalid_scope');
    const first = (await (await refresh(refreshToken)).json()).refresh_token;
    await refresh(first);
    expect(await refusal(await refresh(refreshToken, { scope: 'alerts:write' }))).toBe('400 invalid_scope');
    expect(eventsOf(core, 'session.compromised')).toEqual([]);
  });

  it('gives a user whose roles bring none a token without scope', async () => {
    const { core, headers, refresh } = await start();
    const body = { ...BODY, login: 'patient' };
    const { refreshToken } = await (await core.send('POST', SESSIONS, { body, headers })).json();
    expect(await (await refresh(refreshToken)).json()).not.toHaveProperty('scope');
    expect(await refusal(await refresh(refreshToken, { scope: 'alerts:read' }))).toBe('400 invalid_scope');
  });

  it('knows no token of another client, whatever its state, and changes nothing for it', async () => {
    const core = await start();
    const { refreshToken, refresh, session } = core;
    const other = await addSecretClient(core);
    const asOther = (token: string, more = {}) => refresh(token, more, basic(other.id, other.secret));
    expect(await refusal(await asOther(refreshToken))).toBe('400 invalid_grant');
    const first = (await (await refresh(refreshToken)).json()).refresh_token;
    const second = (await (await refresh(first)).json()).refresh_token;
    for (const token of [refreshToken, first, second])
      for (const more of [{}, { scope: 'alerts:read' }, { scope: 'alerts:write' }])
        expect(await refusal(await asOther(token, more))).toBe('400 invalid_grant');
    expect(eventsOf(core, 'session.refreshed').at(-1)).toEqual({
      type: 'session.refreshed',
      outcome: 'refused',
      reason: 'client_mismatch',
      actor: { kind: 'client', id: other.id },
      target: { kind: 'session', id: session.id },
      sessionId: session.id,
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
    });
    expect((await refresh(second)).status).toBe(200);
  });

  it('knows no token of a session that is nobody’s, and leaves it as good as it was', async () => {
    const { core, refresh } = await start();
    const { refreshToken } = await (await core.send('POST', SESSIONS, { body: BODY })).json();
    expect(await refusal(await refresh(refreshToken))).toBe('400 invalid_grant');
    const own = await core.send('POST', '/v1/auth/tokens/refresh', { body: { refreshToken } });
    expect(own.status).toBe(200);
  });

  it('wants a token', async () => {
    const { core, headers } = await start();
    expect(await refusal(await sendForm(core, { grant_type: 'refresh_token' }, headers))).toBe(
      '400 invalid_request',
    );
    const form = { grant_type: 'refresh_token', refresh_token: 'x'.repeat(5000) };
    expect(await refusal(await sendForm(core, form, headers))).toBe('400 invalid_grant');
  });

  it('goes on while the client is enabled, and ends with the client', async () => {
    const { refreshToken, refresh, stores, client, core, accessToken } = await start();
    await stores.clients.change(client.id, { disabled: true });
    expect(await refusal(await refresh(refreshToken))).toBe('401 invalid_client');
    expect((await core.send('GET', '/v1/auth/me', { token: accessToken })).status).toBe(401);
    await stores.clients.change(client.id, { disabled: false });
    expect((await refresh(refreshToken)).status).toBe(200);
    await stores.clients.remove(client.id);
    expect((await core.send('GET', '/v1/auth/me', { token: accessToken })).status).toBe(401);
  });

  it('answers 503 where it cannot be told, and leaves the token as it was', async () => {
    const { refreshToken, refresh, stores } = await start();
    const { rotateRefreshToken } = stores.sessions;
    Object.assign(stores.sessions, {
      rotateRefreshToken: async () => {
        throw new UnavailableError('database', 'gone');
      },
    });
    expect(await refusal(await refresh(refreshToken))).toBe('503 temporarily_unavailable');
    Object.assign(stores.sessions, { rotateRefreshToken });
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('POST /v1/auth/tokens/refresh', () => {
  it('knows no token of a client’s session, whatever its state, and changes nothing for it', async () => {
    const core = await start();
    const { refreshToken, refresh } = core;
    const first = (await (await refresh(refreshToken)).json()).refresh_token;
    const second = (await (await refresh(first)).json()).refresh_token;
    for (const token of [refreshToken, first, second]) {
      const response = await core.send('POST', '/v1/auth/tokens/refresh', { body: { refreshToken: token } });
      expect({ status: response.status, code: (await response.json()).code }).toEqual({
        status: 401,
        code: 'invalid_token',
      });
    }
    expect(eventsOf(core, 'session.compromised')).toEqual([]);
    expect((await refresh(second)).status).toBe(200);
  });
});
