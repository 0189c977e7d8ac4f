import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const REFRESH = '/v1/auth/tokens/refresh';

async function begin(core: CoreUnderTest, login = 'doctor') {
  const response = await core.send('POST', '/v1/auth/sessions', { body: { login, password: PASSWORD } });
  const { refreshToken, session } = await response.json();
  return { refreshToken: String(refreshToken), sessionId: String(session.id) };
}

const refresh = (core: CoreUnderTest, refreshToken: string) =>
  core.send('POST', REFRESH, { body: { refreshToken } });

async function refreshedTokenOf(core: CoreUnderTest, refreshToken: string): Promise<string> {
  return (await (await refresh(core, refreshToken)).json()).refreshToken;
}

describe('POST /v1/auth/tokens/refresh', () => {
  it('answers with new tokens, the user and the session', async () => {
    const core = await startCoreApp();
    const { refreshToken, sessionId } = await begin(core);
    const response = await refresh(core, refreshToken);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = await response.json();
    expect(body).toMatchObject({
      expiresIn: 900,
      user: { username: 'doctor' },
      session: { id: sessionId, transport: 'bearer', current: true },
    });
    expect(body.refreshToken).not.toBe(refreshToken);
    expect((await core.send('GET', '/v1/auth/me', { token: body.accessToken })).status).toBe(200);
  });

  it('answers with the roles that the user has by now', async () => {
    const core = await startCoreApp();
    const { refreshToken } = await begin(core);
    const user = await core.stores.users.findByLogin('doctor');
    await core.stores.users.update(user?.id ?? '', { roles: ['auditor'] });
    const { accessToken } = await (await refresh(core, refreshToken)).json();
    const claims = JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(accessToken.split('.')[1], { alphabet: 'base64url' })),
    );
    expect(claims.roles).toEqual(['auditor']);
  });

  it('answers a lost response with the same successor', async () => {
    const core = await startCoreApp();
    const { refreshToken } = await begin(core);
    const first = await refreshedTokenOf(core, refreshToken);
    expect(await refreshedTokenOf(core, refreshToken)).toBe(first);
    expect((await refresh(core, first)).status).toBe(200);
  });

  it('answers a hundred requests at once with one successor', async () => {
    const core = await startCoreApp();
    const { refreshToken } = await begin(core);
    const asked = Array.from({ length: 100 }, () => refreshedTokenOf(core, refreshToken));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
  });

  it('ends the session of a spent token as compromised, tells listeners and the audit log, and spares others', async () => {
    const core = await startCoreApp();
    const other = await begin(core);
    const { refreshToken, sessionId } = await begin(core);
    const ended: string[] = [];
    core.core.endings.onSessionEnded((id) => ended.push(id));
    const successor = await refreshedTokenOf(core, refreshToken);
    const current = await refreshedTokenOf(core, successor);
    expect((await refresh(core, refreshToken)).status).toBe(401);
    expect(ended).toEqual([sessionId]);
    expect(core.recorded.filter(({ type }) => type === 'session.compromised')).toMatchObject([
      { sessionId, reason: 'refresh_token_replayed', request: { clientAddress: '192.0.2.7' } },
    ]);
    expect((await refresh(core, current)).status).toBe(401);
    expect((await refresh(core, other.refreshToken)).status).toBe(200);
    for (const token of [refreshToken, successor, current]) expect(core.logged.join()).not.toContain(token);
  });

  it('refuses a changed token like a dead one, without asking the store', async () => {
    const core = await startCoreApp();
    const { refreshToken, sessionId } = await begin(core);
    const user = await core.stores.users.findByLogin('doctor');
    await core.stores.sessions.end(sessionId, user?.id ?? '');
    const dead = await refresh(core, refreshToken);
    Object.assign(core.stores.sessions, {
      rotateRefreshToken: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    const changed = await refresh(core, (refreshToken[0] === 'A' ? 'B' : 'A') + refreshToken.slice(1));
    for (const response of [dead, changed]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
    expect(await changed.json()).toEqual(await dead.json());
  });

  it('tells listeners of a session that was ended elsewhere', async () => {
    const core = await startCoreApp();
    const { refreshToken, sessionId } = await begin(core);
    const ended: string[] = [];
    core.core.endings.onSessionEnded((id) => ended.push(id));
    const user = await core.stores.users.findByLogin('doctor');
    await core.stores.sessions.end(sessionId, user?.id ?? '');
    expect((await refresh(core, refreshToken)).status).toBe(401);
    expect(ended).toEqual([sessionId]);
    expect(core.recorded.at(-1)).toMatchObject({
      type: 'session.refreshed',
      outcome: 'refused',
      reason: 'session_not_active',
      target: { kind: 'session', id: sessionId },
    });
  });

  it('refuses a user who was disabled', async () => {
    const core = await startCoreApp();
    const { refreshToken } = await begin(core);
    core.stores.users.disable((await core.stores.users.findByLogin('doctor'))?.id ?? '');
    expect((await refresh(core, refreshToken)).status).toBe(401);
  });

  it('answers 503 while the store is down, after which the token is as good as before', async () => {
    const core = await startCoreApp();
    const { refreshToken } = await begin(core);
    const { rotateRefreshToken } = core.stores.sessions;
    Object.assign(core.stores.sessions, {
      rotateRefreshToken: () => Promise.reject(new UnavailableError('database', 'down')),
    });
    const response = await refresh(core, refreshToken);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    Object.assign(core.stores.sessions, { rotateRefreshToken });
    expect((await refresh(core, refreshToken)).status).toBe(200);
  });

  it('answers 400, 413 and 415 for what is no such request', async () => {
    const core = await startCoreApp();
    for (const body of [
      { refresh_token: 'x' },
      { refreshToken: '' },
      { refreshToken: 'x'.repeat(257) },
      { refreshToken: 'x', more: 1 },
    ])
      expect((await core.send('POST', REFRESH, { body })).status).toBe(400);
    expect((await refresh(core, 'x'.repeat(17_000))).status).toBe(413);
    const text = { body: 'x', headers: { 'content-type': 'text/plain' } };
    expect((await core.send('POST', REFRESH, text)).status).toBe(415);
  });

  it('gives a browser session no refresh token', async () => {
    const core = await startCoreApp();
    const body = { login: 'doctor', password: PASSWORD, transport: 'cookie' };
    const answer = await (await core.send('POST', '/v1/auth/sessions', { body })).json();
    expect(answer).not.toHaveProperty('refreshToken');
  });
});
