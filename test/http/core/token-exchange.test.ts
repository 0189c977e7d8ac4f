import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { ACTORS_MAX } from '../../../src/identity/actor.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';
import {
  addSecretClient,
  basic,
  sendForm,
  TOKEN_EXCHANGE,
  TOKEN_TYPE,
} from '../../support/oauth/client-requests.ts';

const ACCESS_TOKEN = `${TOKEN_TYPE}access_token`;
const BOTH = 'alerts:read patients:read';

type Form = Readonly<Record<string, string | undefined>>;
type Names = Parameters<typeof addSecretClient>[1];

/** A service that may exchange. */
async function addService(under: CoreUnderTest, names: Names) {
  const { id, secret } = await addSecretClient(under, names);
  const ask = (form: Form, headers: Record<string, string> = basic(id, secret)) => {
    const defaults = { grant_type: TOKEN_EXCHANGE, subject_token_type: ACCESS_TOKEN, audience: 'alerts' };
    const sent = JSON.parse(JSON.stringify({ ...defaults, ...form }));
    return sendForm(under, sent, headers);
  };
  const exchange = async (subject_token: string, form: Form = {}): Promise<string> =>
    (await (await ask({ subject_token, ...form })).json()).access_token;
  return { id, ask, exchange };
}

/** A core with the patients service, which may call alerts, and a doctor who is logged in. */
async function start(names: Names = {}) {
  const under = await startCoreApp();
  const patients = await addService(under, { audience: 'patients', audiences: ['alerts'], ...names });
  const { accessToken, sessionId } = await under.logIn('doctor');
  return { ...under, under, patients, accessToken, sessionId };
}

/** Status, error, and the reason in the audit log. */
async function refusal({ recorded }: Pick<CoreUnderTest, 'recorded'>, response: Response): Promise<string> {
  const { error } = await response.json();
  const { type, outcome, reason } = recorded.at(-1) ?? {};
  return `${response.status} ${error}${type === 'token.exchanged' && outcome === 'refused' ? ` ${reason}` : ''}`;
}

it('says which revocations an exchanged token was issued after: those of the subject, and of who exchanges', async () => {
  const { under, patients, accessToken } = await start();
  const userId = decodeJwt(accessToken).sub ?? '';
  await under.stores.users.update(userId, { roles: ['doctor', 'reviewer'] });
  await under.stores.users.update(userId, { roles: ['doctor'] });
  const { accessToken: later } = await under.logIn('doctor');
  const known = decodeJwt(later).known_revocations;
  expect(known).toEqual({ [userId]: expect.any(Number) });
  expect(decodeJwt(await patients.exchange(later)).known_revocations).toEqual(known);
  await under.stores.clients.change(patients.id, { scopes: ['alerts:read'] });
  expect(decodeJwt(await patients.exchange(later)).known_revocations).toEqual({
    ...(known as object),
    [patients.id]: expect.any(Number),
  });
});

describe('RFC 8693, section 2.2.1: the answer', () => {
  it('is a token for that service alone, of the same user and session, that says who acts', async () => {
    const { patients, accessToken, sessionId, recorded, stores } = await start();
    const response = await patients.ask({ subject_token: accessToken });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { access_token, ...rest } = await response.json();
    expect(rest).toEqual({
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: 900,
      scope: BOTH,
    });
    const subject = decodeJwt(accessToken);
    expect(decodeProtectedHeader(access_token).typ).toBe('at+jwt');
    expect(decodeJwt(access_token)).toEqual({
      ...subject,
      aud: 'alerts',
      client_id: patients.id,
      act: { sub: patients.id },
      jti: expect.stringMatching(/^jti_[0-9a-f]{32}$/),
    });
    expect(decodeJwt(access_token).jti).not.toBe(subject.jti);
    expect(recorded.at(-1)).toEqual({
      type: 'token.exchanged',
      outcome: 'success',
      actor: { kind: 'client', id: patients.id },
      target: { kind: 'user', id: subject.sub },
      sessionId,
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      details: { audience: 'alerts', scopes: ['alerts:read', 'patients:read'] },
    });
    expect((await stores.clients.findById(patients.id))?.lastUsedAt).toBeInstanceOf(Date);
  });

  it('names the scope that was granted, and none where there is none', async () => {
    const { patients, accessToken } = await start();
    const narrow = await (await patients.ask({ subject_token: accessToken, scope: 'alerts:read' })).json();
    expect(narrow.scope).toBe('alerts:read');
    expect(decodeJwt(narrow.access_token).scope).toBe('alerts:read');
    const { patients: other, accessToken: token } = await start({ scopes: ['billing:read'] });
    const none = await (await other.ask({ subject_token: token })).json();
    expect(none).not.toHaveProperty('scope');
    expect(decodeJwt(none.access_token).scope).toBe('');
  });

  it('ends when the token that was exchanged ends', async () => {
    const { patients, accessToken, clock } = await start();
    clock.advanceSeconds(880);
    const answer = await (await patients.ask({ subject_token: accessToken })).json();
    expect(answer.expires_in).toBe(20);
    expect(decodeJwt(answer.access_token).exp).toBe(decodeJwt(accessToken).exp);
  });

  it('counts as no use of the session', async () => {
    const { patients, accessToken, sessionId, stores, clock } = await start();
    const seen = async () => (await stores.sessions.findActiveById(sessionId, LONG))?.lastSeenAt;
    const before = await seen();
    clock.advanceSeconds(300);
    expect(await patients.exchange(accessToken)).toBeTypeOf('string');
    expect(await seen()).toEqual(before);
  });

  it('is told of by the metadata', async () => {
    const { send } = await start();
    const metadata = await (await send('GET', '/.well-known/oauth-authorization-server')).json();
    expect(metadata.grant_types_supported).toContain(TOKEN_EXCHANGE);
  });
});

const LONG = { bearerIdleSeconds: 86_400, cookieIdleSeconds: 86_400 };

describe('RFC 8693, section 2.1: the request', () => {
  it.each<[string, Form, string]>([
    ['no subject', { subject_token: undefined }, '400 invalid_request'],
    ['no type of it', { subject_token_type: undefined }, '400 invalid_request'],
    [
      'the type of a refresh token',
      { subject_token_type: `${TOKEN_TYPE}refresh_token` },
      '400 invalid_request',
    ],
    ['the type of an ID token', { subject_token_type: `${TOKEN_TYPE}id_token` }, '400 invalid_request'],
    [
      'a wish for a refresh token',
      { requested_token_type: `${TOKEN_TYPE}refresh_token` },
      '400 invalid_request',
    ],
    ['a wish for any JWT', { requested_token_type: `${TOKEN_TYPE}jwt` }, '400 invalid_request'],
    ['an actor token', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, '400 invalid_request'],
    ['the type of an actor token', { actor_token_type: ACCESS_TOKEN }, '400 invalid_request'],
    ['no audience', { audience: undefined }, '400 invalid_request'],
    ['a resource', { resource: 'https://alerts.example' }, '400 invalid_target'],
    ['a scope that is none', { scope: 'a"b' }, '400 invalid_scope'],
  ])('with %s is refused', async (_what, form, expected) => {
    const { patients, accessToken, recorded } = await start();
    expect(await refusal({ recorded }, await patients.ask({ subject_token: accessToken, ...form }))).toBe(
      expected,
    );
  });

  it('may call the token a JWT and the wished-for one an access token', async () => {
    const { patients, accessToken } = await start();
    const form = { subject_token_type: `${TOKEN_TYPE}jwt`, requested_token_type: ACCESS_TOKEN };
    expect((await patients.ask({ subject_token: accessToken, ...form })).status).toBe(200);
  });

  it('with two audiences is refused, as with any parameter that stands twice', async () => {
    const { under, accessToken } = await start();
    const { id, secret } = await addSecretClient(under, { audiences: ['alerts', 'doctors'] });
    const form = new URLSearchParams({ grant_type: TOKEN_EXCHANGE, subject_token: accessToken });
    form.append('subject_token_type', ACCESS_TOKEN);
    form.append('audience', 'alerts');
    form.append('audience', 'doctors');
    const response = await sendForm(under, form.toString(), basic(id, secret));
    expect((await response.json()).error).toBe('invalid_request');
  });

  it('needs the credential of the client', async () => {
    const { patients, accessToken } = await start();
    expect((await patients.ask({ subject_token: accessToken }, {})).status).toBe(401);
  });

  it('cannot be answered while it cannot be told whether the session stands', async () => {
    const { patients, accessToken, stores } = await start();
    Object.assign(stores.subjectStanding, {
      findStanding: async () => {
        throw new UnavailableError('database', 'gone');
      },
    });
    expect((await patients.ask({ subject_token: accessToken })).status).toBe(503);
  });
});

describe('RFC 8693, section 2.2.2: what is refused to the client', () => {
  it('is everything, where it may exchange nothing', async () => {
    const under = await start({ audiences: [] });
    const response = await under.patients.ask({ subject_token: under.accessToken });
    expect(await refusal(under, response)).toBe('400 unauthorized_client exchange_not_allowed');
  });

  it.each(['doctors', 'patients', 'clinic', 'alert', 'ALERTS', '*', 'alerts '])(
    'is the audience %j, which is not among its own',
    async (audience) => {
      const under = await start();
      const response = await under.patients.ask({ subject_token: under.accessToken, audience });
      expect(await refusal(under, response)).toBe('400 invalid_target audience_not_allowed');
    },
  );

  it('is the audience of all services, even where it stands among its own', async () => {
    const under = await start({ audiences: ['clinic'] });
    const response = await under.patients.ask({ subject_token: under.accessToken, audience: 'clinic' });
    expect(await refusal(under, response)).toBe('400 invalid_target audience_not_allowed');
  });

  it.each(['alerts:write', `${BOTH} alerts:write`, 'patients:read'])(
    'is the scope %j, which the user or the client has not',
    async (scope) => {
      const under = await start({ scopes: ['alerts:read', 'alerts:write'] });
      const response = await under.patients.ask({ subject_token: under.accessToken, scope });
      expect(await refusal(under, response)).toBe('400 invalid_scope scope_not_allowed');
    },
  );
});

describe('RFC 8693, section 4.1: a chain of services', () => {
  it('keeps who acted before inside of who acts, and the audit log tells of both', async () => {
    const { under, patients, accessToken, recorded } = await start();
    const alerts = await addService(under, { audience: 'alerts', audiences: ['doctors'] });
    const first = await patients.exchange(accessToken, { scope: 'alerts:read' });
    const second = await alerts.exchange(first, { audience: 'doctors' });
    expect(decodeJwt(second)).toMatchObject({
      sub: decodeJwt(accessToken).sub,
      aud: 'doctors',
      client_id: alerts.id,
      act: { sub: alerts.id, act: { sub: patients.id } },
      scope: 'alerts:read',
    });
    expect(recorded.at(-1)).toMatchObject({ details: { audience: 'doctors', through: [patients.id] } });
  });

  it('begins with the client through which the user logged in', async () => {
    const { under, patients } = await start();
    const program = await addSecretClient(under);
    const body = { login: 'doctor', password: PASSWORD };
    const answer = await under.send('POST', '/v1/auth/sessions', {
      body,
      headers: basic(program.id, program.secret),
    });
    const narrow = await patients.exchange((await answer.json()).accessToken);
    expect(decodeJwt(narrow).act).toEqual({ sub: patients.id, act: { sub: program.id } });
  });

  it('ends where services go in circles', async () => {
    const under = await start();
    const both = await addService(under.under, { audience: 'ring', audiences: ['ring'] });
    let token = under.accessToken;
    for (let round = 0; round < ACTORS_MAX; round++) token = await both.exchange(token, { audience: 'ring' });
    const response = await both.ask({ subject_token: token, audience: 'ring' });
    expect(await refusal(under, response)).toBe('400 invalid_request too_many_actors');
  });

  it('breaks where a service in it was disabled', async () => {
    const under = await start();
    const alerts = await addService(under.under, { audience: 'alerts', audiences: ['doctors'] });
    const first = await under.patients.exchange(under.accessToken);
    await under.stores.clients.change(under.patients.id, { disabled: true });
    const response = await alerts.ask({ subject_token: first, audience: 'doctors' });
    expect(await refusal(under, response)).toBe('400 invalid_request subject_ended');
  });
});

describe('what stands behind the token', () => {
  const ENDED = '400 invalid_request subject_ended';

  it('is its session', async () => {
    const under = await start();
    await under.send('POST', '/v1/auth/sessions/current/revoke', { token: under.accessToken });
    const response = await under.patients.ask({ subject_token: under.accessToken });
    expect(await refusal(under, response)).toBe(ENDED);
  });

  it('is its user', async () => {
    const under = await start();
    under.stores.users.disable(decodeJwt(under.accessToken).sub ?? '');
    const response = await under.patients.ask({ subject_token: under.accessToken });
    expect(await refusal(under, response)).toBe(ENDED);
  });

  it('is itself', async () => {
    const under = await start();
    await under.stores.revocationLog.revokeToken(decodeJwt(under.accessToken).jti ?? '');
    const response = await under.patients.ask({ subject_token: under.accessToken });
    expect(await refusal(under, response)).toBe(ENDED);
  });
});
