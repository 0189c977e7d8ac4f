import { describe, expect, it } from 'vitest';
import { type ContractDocument, listOperations } from '../../../src/lib/contract-document.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../../support/core/core-app.ts';

const NOBODY = '0'.repeat(32);

/** A call of a route, and the event that it must leave in the audit log. */
interface Call {
  /** Who calls; nobody where it is absent. */
  readonly as?: 'patient' | 'admin';
  /** What stands for `{id}` in the path. */
  readonly id?: (core: CoreUnderTest) => Promise<string>;
  readonly body?: unknown;
  readonly form?: string;
  readonly records: string;
}

const patientId = async ({ stores }: CoreUnderTest) => (await stores.users.findByLogin('patient'))?.id ?? '';
const NEW_PASSWORD = 'quartz-lantern-mosaic-71';
const REGISTRATION = { email: 'jo@clinic.test', username: 'jo', password: NEW_PASSWORD };

// Every operation that changes something, with a call of it: a new one needs a row here, and records what it did.
const CALLS: Readonly<Record<string, Call>> = {
  'POST /v1/auth/sessions': { body: { login: 'patient', password: PASSWORD }, records: 'session.begun' },
  'DELETE /v1/auth/sessions': { as: 'patient', records: 'session.ended' },
  'DELETE /v1/auth/sessions/{id}': {
    as: 'patient',
    id: async ({ logIn }) => (await logIn('patient')).sessionId,
    records: 'session.ended',
  },
  'POST /v1/auth/sessions/current/revoke': { as: 'patient', records: 'session.ended' },
  'POST /v1/auth/register': { body: REGISTRATION, records: 'user.registered' },
  'PATCH /v1/auth/me': { as: 'patient', body: { username: 'other' }, records: 'user.updated' },
  'POST /v1/auth/password': {
    as: 'patient',
    body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    records: 'user.password_changed',
  },
  'POST /v1/auth/password/forgot': {
    body: { email: 'patient@demo.test' },
    records: 'user.password_reset_requested',
  },
  'POST /v1/auth/password/reset': {
    body: { token: NOBODY, password: NEW_PASSWORD },
    records: 'user.password_reset',
  },
  'POST /v1/auth/email': {
    as: 'patient',
    body: { email: 'jo@clinic.test', currentPassword: PASSWORD },
    records: 'user.email_change_requested',
  },
  'POST /v1/auth/email/confirm': { body: { token: NOBODY }, records: 'user.email_changed' },
  'POST /v1/auth/email/verification': { as: 'patient', records: 'user.email_verification_sent' },
  'POST /v1/auth/email/verify': { body: { token: NOBODY }, records: 'user.email_verified' },
  'POST /v1/users': {
    as: 'admin',
    body: { email: 'jo@clinic.test', username: 'jo', roles: [] },
    records: 'user.created',
  },
  'PATCH /v1/users/{id}': { as: 'admin', id: patientId, body: { disabled: true }, records: 'user.disabled' },
  'DELETE /v1/users/{id}': { as: 'admin', id: patientId, records: 'user.deleted' },
  'DELETE /v1/users/{id}/sessions': { as: 'admin', id: patientId, records: 'session.ended' },
  'POST /v1/api-keys': { as: 'admin', body: { name: 'x' }, records: 'api_key.created' },
  'DELETE /v1/api-keys/{id}': { as: 'admin', id: async () => `apk_${NOBODY}`, records: 'api_key.revoked' },
  'POST /v1/clients': {
    as: 'admin',
    body: { name: 'x', authenticationMethod: 'client_secret_basic' },
    records: 'client.created',
  },
  'PATCH /v1/clients/{id}': {
    as: 'admin',
    id: async () => `cli_${NOBODY}`,
    body: { name: 'y' },
    records: 'client.updated',
  },
  'DELETE /v1/clients/{id}': { as: 'admin', id: async () => `cli_${NOBODY}`, records: 'client.deleted' },
  'POST /v1/clients/{id}/secret': {
    as: 'admin',
    id: async () => `cli_${NOBODY}`,
    records: 'client.secret_rotated',
  },
  'POST /v1/keys/rotate': { as: 'admin', body: { immediately: true }, records: 'signing_key.rotated' },
  'DELETE /v1/keys/{id}': {
    as: 'admin',
    id: async ({ stores }) => (await stores.signingKeys.list()).keys[0]?.id ?? '',
    records: 'signing_key.revoked',
  },
  'POST /oauth/token': {
    form: `grant_type=client_credentials&client_id=cli_${NOBODY}&client_secret=wrong`,
    records: 'client.authenticated',
  },
  'POST /oauth/revoke': {
    form: `token=x&client_id=cli_${NOBODY}&client_secret=wrong`,
    records: 'client.authenticated',
  },
};

/** Operations that are no GET and leave nothing to record. */
const RECORD_NOTHING: readonly string[] = [
  // Each client does it all day; what is suspicious of it is recorded, see refresh.test.ts.
  'POST /v1/auth/tokens/refresh',
  // Questions of gateways, which change nothing.
  'POST /internal/sessions/lookup',
  'POST /internal/machines/lookup',
  // Made for each caller of a route all day, and good for a minute; the access log has the request that it was made for.
  'POST /internal/assertions',
  // A question, which changes nothing; refused callers are recorded.
  'POST /oauth/introspect',
];

async function listChanging(): Promise<string[]> {
  const { send } = await startCoreApp();
  const contract: ContractDocument = await (await send('GET', '/docs.json')).json();
  return listOperations(contract)
    .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/_gateway/'))
    .map(({ method, path }) => `${method} ${path}`);
}

async function call(core: CoreUnderTest, name: string): Promise<void> {
  const { as, id, body, form } = CALLS[name] ?? { records: '' };
  const [method = '', path = ''] = name.split(' ');
  const token = as && (await core.logIn(as)).accessToken;
  const target = path.replace('{id}', (await id?.(core)) ?? '');
  core.recorded.splice(0);
  await core.send(method, target, {
    body: body ?? form,
    ...(token !== undefined && { token }),
    headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
  });
  await core.settled();
}

describe('the audit log', () => {
  it('is written by every operation that changes something: each has a row in this table', async () => {
    expect([...Object.keys(CALLS), ...RECORD_NOTHING].sort()).toEqual((await listChanging()).sort());
  });

  it.each(Object.keys(CALLS))('holds who did what, and in which request, after %s', async (name) => {
    const core = await startCoreApp();
    await call(core, name);
    const { as, records } = CALLS[name] ?? { records: '' };
    const actors = as === undefined ? ['anonymous', 'user'] : ['user'];
    const found = core.recorded.filter(({ type }) => type === records);
    expect(found.length, JSON.stringify(core.recorded)).toBeGreaterThan(0);
    for (const { actor, request } of found) {
      expect(actors).toContain(actor.kind);
      expect(request).toEqual({ requestId: 'req-1', clientAddress: '192.0.2.7' });
    }
  });
});

describe('a refusal that no use case sees', () => {
  it('is recorded with the route where the caller has not the role for it', async () => {
    const core = await startCoreApp();
    const { accessToken: token, sessionId } = await core.logIn('doctor');
    const doctor = await core.stores.users.findByLogin('doctor');
    core.recorded.splice(0);
    await core.send('DELETE', '/v1/users/a-secret-that-was-pasted-here', { token });
    expect(core.recorded).toEqual([
      {
        type: 'access.refused',
        outcome: 'refused',
        reason: 'role_missing',
        actor: { kind: 'user', id: doctor?.id },
        sessionId,
        request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
        details: { method: 'DELETE', path: '/v1/users/:id' },
      },
    ]);
  });

  it('is recorded where a page of another origin uses the session cookie', async () => {
    const core = await startCoreApp();
    const { cookie, sessionId } = await core.logInWithCookie('patient');
    core.recorded.splice(0);
    const headers = { cookie, origin: 'https://evil.test' };
    await core.send('DELETE', '/v1/auth/sessions', { headers });
    expect(core.recorded).toMatchObject([{ type: 'access.refused', reason: 'origin_mismatch', sessionId }]);
  });

  it('records nothing of a stranger without a credential', async () => {
    const core = await startCoreApp();
    await core.send('DELETE', '/v1/users/x');
    expect(core.recorded).toEqual([]);
  });
});

describe('what an administrator typed as an id', () => {
  it.each([
    ['PATCH', '/v1/users', { disabled: true }],
    ['DELETE', '/v1/users', undefined],
    ['DELETE', '/v1/api-keys', undefined],
    ['PATCH', '/v1/clients', { name: 'x' }],
    ['DELETE', '/v1/clients', undefined],
  ])('is recorded as refused by %s %s, and not itself recorded', async (method, path, body) => {
    const core = await startCoreApp();
    const { accessToken: token } = await core.logIn('admin');
    core.recorded.splice(0);
    expect((await core.send(method, `${path}/typed-by-mistake`, { token, body })).status).toBe(404);
    expect(core.recorded).toMatchObject([{ outcome: 'refused', reason: 'not_found' }]);
    expect(JSON.stringify(core.recorded)).not.toContain('typed');
  });
});
