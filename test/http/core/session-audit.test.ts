import { describe, expect, it } from 'vitest';
import { PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const REQUEST = { requestId: 'req-1', clientAddress: '192.0.2.7' };

describe('audit of sessions', () => {
  it('records that a session has begun, by whom and how', async () => {
    const under = await startCoreApp();
    const { sessionId } = await under.logIn('patient');
    const patient = await under.stores.users.findByLogin('patient');
    expect(under.recorded).toContainEqual({
      type: 'session.begun',
      outcome: 'success',
      actor: { kind: 'user', id: patient?.id },
      target: { kind: 'session', id: sessionId },
      sessionId,
      request: REQUEST,
      details: { transport: 'bearer' },
    });
  });

  it('records a refused log-in with its reason, and never what was typed', async () => {
    const under = await startCoreApp();
    for (const login of ['patient', 'secret-typed-into-the-wrong-field'])
      await under.send('POST', '/v1/auth/sessions', { body: { login, password: `${PASSWORD}-not` } });
    const refused = {
      type: 'session.begun',
      outcome: 'refused',
      actor: { kind: 'anonymous' },
      request: REQUEST,
    };
    expect(under.recorded).toEqual([
      { ...refused, reason: 'password_wrong' },
      { ...refused, reason: 'user_unknown' },
    ]);
    expect(JSON.stringify(under.recorded)).not.toMatch(/typed|passphrase/);
  });

  it('records once that a session has ended, and nothing for one that is not there', async () => {
    const under = await startCoreApp();
    const { accessToken, sessionId } = await under.logIn('patient');
    const other = await under.logIn('patient');
    const ended = () => under.recorded.filter(({ type }) => type === 'session.ended');
    for (const token of [other.accessToken, other.accessToken])
      await under.send('DELETE', `/v1/auth/sessions/${sessionId}`, { token });
    expect(ended()).toEqual([
      {
        type: 'session.ended',
        outcome: 'success',
        actor: { kind: 'user', id: expect.stringMatching(/^usr_/) },
        target: { kind: 'session', id: sessionId },
        request: REQUEST,
      },
    ]);
    expect((await under.send('GET', '/v1/auth/me', { token: accessToken })).status).toBe(401);
  });

  it('records each session that a change of the password ends, and not the one that goes on', async () => {
    const under = await startCoreApp();
    const { accessToken: token } = await under.logIn('patient');
    const others = [await under.logIn('patient'), await under.logIn('patient')];
    const body = { currentPassword: PASSWORD, newPassword: 'quartz-lantern-mosaic-71' };
    await under.send('POST', '/v1/auth/password', { token, body });
    const ended = under.recorded
      .filter(({ type }) => type === 'session.ended')
      .map(({ target }) => target?.id);
    expect(ended.sort()).toEqual(others.map(({ sessionId }) => sessionId).sort());
  });
});
