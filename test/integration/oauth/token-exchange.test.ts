import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seenIdentity } from '../../support/attack/identity-fields.ts';
import { TOKEN_EXCHANGE, TOKEN_TYPE } from '../../support/oauth/client-requests.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { startTwoServices, type TwoServices } from '../../support/wardgate/two-services.ts';

type Which = (program: RegisteredClient, service: RegisteredClient) => RegisteredClient;

let services: TwoServices;
beforeAll(async () => {
  services = await startTwoServices();
});
afterAll(() => services.stop());

describe('a service that calls another for a user', () => {
  it('exchanges the token of the user and reaches the other service, which sees the user', async () => {
    const { patients, logIn, exchanged, send, takeAlerts } = services;
    const token = await logIn();
    const narrow = await exchanged(patients, token, { scope: 'alerts:read' });
    expect(await send(narrow, '/alerts/today')).toBe(200);
    const [seen] = takeAlerts();
    if (seen === undefined) throw new Error('nothing reached the service');
    const { sub, sid } = decodeJwt(token);
    expect(seenIdentity(seen)).toEqual({
      'x-user-id': sub,
      'x-user-roles': 'doctor',
      'x-consumer-username': 'doctor',
      'x-session-id': sid,
    });
  });

  it('exchanges the assertion that came with the request, which no other service can', async () => {
    const { patients, alerts, logIn, exchange, exchanged, send, takePatients } = services;
    const token = await logIn();
    takePatients();
    expect(await send(token, '/patients/letters')).toBe(200);
    const [seen] = takePatients();
    const assertion = seen?.fields.find(([name]) => name.toLowerCase() === 'x-identity-assertion')?.[1] ?? '';
    const form = { subject_token_type: `${TOKEN_TYPE}jwt` };
    const narrow = await exchanged(patients, assertion, form);
    const { sub, sid } = decodeJwt(token);
    expect(decodeJwt(narrow)).toMatchObject({ sub, sid, aud: 'alerts', act: { sub: patients.id } });
    expect(decodeJwt(narrow).exp).toBeLessThanOrEqual(Number(decodeJwt(assertion).exp));
    expect(await send(narrow, '/alerts/x')).toBe(200);
    const elsewhere = { ...form, subject_token: assertion, audience: 'patients' };
    expect((await exchange(alerts, elsewhere)).status).toBe(400);
    expect(await send(assertion, '/patients/x')).toBe(401);
  });

  it('reaches no other service with that token, and neither a public route there nor the account', async () => {
    const { patients, logIn, exchanged, send } = services;
    const token = await logIn();
    const narrow = await exchanged(patients, token);
    for (const path of ['/patients/p-100', '/public/x', '/v1/auth/me', '/v1/auth/sessions'])
      expect([await send(token, path), await send(narrow, path)], path).toEqual([200, 401]);
    const change = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect(await send(token, '/v1/auth/password', change)).toBe(400);
    expect(await send(narrow, '/v1/auth/password', change)).toBe(401);
    expect(await send(narrow, '/v1/auth/sessions', { method: 'DELETE' })).toBe(401);
    expect(await send(narrow, '/v1/auth/sessions/current/revoke', { method: 'POST' })).toBe(401);
    expect(await send(token, '/v1/auth/me')).toBe(200);
  });

  it('goes no further with it once the user has logged out', async () => {
    const { patients, logIn, exchanged, exchange, send } = services;
    const token = await logIn();
    const narrow = await exchanged(patients, token);
    for (const path of ['/alerts/x', '/live-alerts/x']) expect(await send(narrow, path)).toBe(200);
    expect(await send(token, '/v1/auth/sessions/current/revoke', { method: 'POST' })).toBe(204);
    for (const path of ['/alerts/x', '/live-alerts/x']) await expect.poll(() => send(narrow, path)).toBe(401);
    expect((await exchange(patients, { subject_token: token })).status).toBe(400);
  });

  it.each<[string, Which | undefined, Which]>([
    ['it is disabled itself', undefined, (_program, service) => service],
    [
      'the program is disabled through which the user had logged in',
      (program) => program,
      (program) => program,
    ],
  ])('loses it when %s', async (_what, loggedInThrough, disabled) => {
    const { register, logIn, exchanged, send } = services;
    const [program, service] = [await register(), await register('--may-call', 'alerts')];
    const narrow = await exchanged(service, await logIn('doctor', loggedInThrough?.(program, service)));
    expect(await send(narrow, '/alerts/x')).toBe(200);
    const administrator = await logIn('admin');
    const headers = { 'content-type': 'application/json' };
    const change = { method: 'PATCH', headers, body: '{"disabled":true}' };
    expect(await send(administrator, `/v1/clients/${disabled(program, service).id}`, change)).toBe(200);
    await expect.poll(() => send(narrow, '/alerts/x')).toBe(401);
  });

  it('finds out about the token that it was called with, and its caller does not', async () => {
    const { patients, alerts, logIn, exchanged, ask } = services;
    const token = await exchanged(patients, await logIn());
    const about = await (await ask('/oauth/introspect', alerts, { token })).json();
    expect(about).toMatchObject({
      active: true,
      aud: 'alerts',
      client_id: patients.id,
      act: { sub: patients.id },
    });
    expect(await (await ask('/oauth/introspect', patients, { token })).json()).toEqual({ active: false });
  });

  it('loses one token when it revokes that, and not the others', async () => {
    const { patients, logIn, exchanged, send, ask } = services;
    const login = await logIn();
    const [first, second] = [await exchanged(patients, login), await exchanged(patients, login)];
    expect((await ask('/oauth/revoke', patients, { token: first })).status).toBe(200);
    await expect.poll(() => send(first, '/alerts/x')).toBe(401);
    expect(await send(second, '/alerts/x')).toBe(200);
    expect(await send(login, '/patients/x')).toBe(200);
  });
});

describe('clients that others wrote', () => {
  const parameters = (subject_token: string) => ({
    subject_token,
    subject_token_type: `${TOKEN_TYPE}access_token`,
    audience: 'alerts',
    scope: 'alerts:read',
  });

  it('openid-client exchanges by the metadata that it finds', async () => {
    const { origin, patients, logIn, send } = services;
    const config = await openid.discovery(
      new URL(origin),
      patients.id,
      undefined,
      openid.ClientSecretBasic(patients.secret),
      { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
    );
    const answer = await openid.genericGrantRequest(config, TOKEN_EXCHANGE, parameters(await logIn()));
    expect(answer).toMatchObject({
      token_type: 'bearer',
      issued_token_type: `${TOKEN_TYPE}access_token`,
      scope: 'alerts:read',
    });
    expect(await send(answer.access_token, '/alerts/x')).toBe(200);
    await expect(
      openid.genericGrantRequest(config, TOKEN_EXCHANGE, { ...parameters('x'), audience: 'nobody' }),
    ).rejects.toMatchObject({ error: 'invalid_request' });
  });

  it('oauth4webapi exchanges', async () => {
    const { origin, patients, logIn, send } = services;
    const issuer = new URL(origin);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    const client = { client_id: patients.id };
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.ClientSecretBasic(patients.secret),
      TOKEN_EXCHANGE,
      parameters(await logIn()),
      insecure,
    );
    const answer = await oauth.processGenericTokenEndpointResponse(server, client, response);
    expect(decodeJwt(answer.access_token)).toMatchObject({ aud: 'alerts', act: { sub: patients.id } });
    expect(await send(answer.access_token, '/alerts/x')).toBe(200);
  });
});
