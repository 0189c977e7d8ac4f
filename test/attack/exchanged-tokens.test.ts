import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../src/entry/demo/demo-users.ts';
import { DIALECTS } from '../../src/gateway/forward-auth/dialects.ts';
import { createApiKey } from '../../src/identity/api-key.ts';
import { TOKEN_TYPE } from '../support/oauth/client-requests.ts';
import type { RegisteredClient } from '../support/oauth/registered-client.ts';
import { signForeignToken, signToken, toBase64url } from '../support/tokens/tokens.ts';
import { startTwoServices, type TwoServices } from '../support/wardgate/two-services.ts';

let services: TwoServices;
let doctor: string;
beforeAll(async () => {
  services = await startTwoServices();
  doctor = await services.logIn();
});
afterAll(() => services.stop());

/** What a client is told of a subject token that it presents, `granted` or the error. */
async function verdict(client: RegisteredClient, subject_token: string, form = {}): Promise<string> {
  const { error = 'granted' } = await (await services.exchange(client, { subject_token, ...form })).json();
  return error;
}

const asToken = (claims: object, header: object = { alg: 'none', typ: 'at+jwt' }) =>
  `${[header, claims].map((part) => toBase64url(new TextEncoder().encode(JSON.stringify(part)))).join('.')}.AA`;

describe('a token for one service', () => {
  it('attack 35: is good nowhere else, and is exchanged by nobody else', async () => {
    const { patients, alerts, register, exchanged, send } = services;
    const forAlerts = await exchanged(patients, doctor);
    expect(await send(forAlerts, '/alerts/x')).toBe(200);
    expect(await send(forAlerts, '/patients/x')).toBe(401);
    const thief = await register('--may-call', 'alerts,patients');
    const namesake = await register('--audience', 'alert', '--may-call', 'alerts,patients');
    for (const client of [thief, namesake, patients])
      expect(await verdict(client, forAlerts, { audience: 'alerts' })).toBe('invalid_request');
    expect(await verdict(alerts, forAlerts, { audience: 'patients' })).toBe('granted');
  });

  it('attack 35: is never for everybody, whoever asks', async () => {
    const { patients, register } = services;
    const greedy = await register('--audience', 'clinic', '--may-call', 'clinic,patients');
    expect(await verdict(greedy, doctor, { audience: 'clinic' })).toBe('invalid_target');
    expect(await verdict(patients, doctor, { audience: 'clinic' })).toBe('invalid_target');
    expect(await verdict(patients, doctor, { audience: 'patients' })).toBe('invalid_target');
    for (const audience of ['alerts patients', 'alerts,patients', '["alerts","patients"]'])
      expect(await verdict(patients, doctor, { audience })).toBe('invalid_target');
  });

  it('attack 40: is judged afresh at each route, in any order and again', async () => {
    const { patients, exchanged, send } = services;
    const forAlerts = await exchanged(patients, doctor);
    for (let round = 0; round < 3; round++) {
      expect(await send(forAlerts, '/patients/x')).toBe(401);
      expect(await send(forAlerts, '/alerts/x')).toBe(200);
      expect(await send(forAlerts, '/public/x')).toBe(401);
      expect(await send(forAlerts, '/live-alerts/x')).toBe(200);
      expect(await send(doctor, '/patients/x')).toBe(200);
    }
  });

  it.each(DIALECTS)('attack 40: is judged so in the dialect of $name too', async ({ name, path }) => {
    const { patients, exchanged, send } = services;
    const forAlerts = await exchanged(patients, doctor);
    const [method, target] =
      name === 'nginx' ? ['X-Original-Method', 'X-Original-URI'] : ['X-Forwarded-Method', 'X-Forwarded-Uri'];
    const ask = (token: string, asked: string) =>
      send(token, path, { headers: { [method]: 'GET', [target]: asked } });
    for (let round = 0; round < 2; round++) {
      expect(await ask(forAlerts, '/patients/x')).toBe(401);
      expect(await ask(forAlerts, '/public/x')).toBe(401);
      expect(await ask(forAlerts, '/alerts/x')).toBe(200);
      expect(await ask(doctor, '/patients/x')).toBe(200);
    }
  });

  it('is not widened by exchanging it again, nor by going round', async () => {
    const { patients, alerts, exchanged } = services;
    const narrow = await exchanged(patients, doctor, { scope: 'alerts:read' });
    const back = await exchanged(alerts, narrow, { audience: 'patients' });
    const again = await exchanged(patients, back);
    const [first, last] = [decodeJwt(doctor), decodeJwt(again)];
    expect(last).toMatchObject({
      sub: first.sub,
      sid: first.sid,
      roles: first.roles,
      scope: 'alerts:read',
      act: { sub: patients.id, act: { sub: alerts.id, act: { sub: patients.id } } },
    });
    expect(last.exp).toBeLessThanOrEqual(first.exp ?? 0);
    expect(await verdict(patients, back, { scope: 'alerts:write' })).toBe('invalid_scope');
    const further = await exchanged(alerts, again, { audience: 'patients' });
    const furthest = await exchanged(patients, further);
    expect(await verdict(alerts, furthest, { audience: 'patients' })).toBe('invalid_request');
  });
});

describe('what is no access token of a user of ours', () => {
  it('attack 36: is exchanged for nothing', async () => {
    const { origin, patients } = services;
    const login = { login: 'doctor', password: DEMO_PASSWORD };
    const response = await fetch(`${origin}/v1/auth/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(login),
    });
    const { refreshToken } = await response.json();
    const claims = decodeJwt(doctor);
    const [header = '', payload = '', signature = ''] = doctor.split('.');
    const elevated = asToken({ ...claims, roles: ['admin'] }).split('.')[1];
    for (const token of [
      refreshToken,
      createApiKey(),
      'x',
      '..',
      '.'.repeat(8000),
      asToken(claims),
      asToken(claims, { alg: 'HS256', typ: 'at+jwt' }),
      `${header}.${elevated}.${signature}`,
      `${header}.${payload}.`,
      await signToken({ ...claims }),
      await signToken({ ...claims }, { header: { typ: 'JWT' } }),
      await signForeignToken({ iss: origin }),
      await signForeignToken(),
    ])
      expect(await verdict(patients, token), token.slice(0, 40)).toBe('invalid_request');
    for (const type of ['id_token', 'refresh_token', 'saml2', 'identity_assertion'])
      expect(
        await verdict(patients, doctor, {
          subject_token_type: `${TOKEN_TYPE}${type}`,
        }),
      ).toBe('invalid_request');
  });

  it('attack 39: is no token of a client, which would act for itself', async () => {
    const { ask, patients } = services;
    const response = await ask('/oauth/token', patients, { grant_type: 'client_credentials' });
    const { access_token } = await response.json();
    expect(decodeJwt(access_token).sub).toBe(patients.id);
    expect(await verdict(patients, access_token)).toBe('invalid_request');
  });
});
