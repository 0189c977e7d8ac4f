import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../../support/oauth/client-requests.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { startTwoServices, type TwoServices } from '../../support/wardgate/two-services.ts';

// The one setting that a test on this machine needs: the libraries refuse plain http otherwise.
const INSECURE = { [oauth.allowInsecureRequests]: true };

let services: TwoServices;
beforeAll(async () => {
  services = await startTwoServices();
});
afterAll(() => services?.stop());

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(services.origin);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
  return oauth.processDiscoveryResponse(issuer, answer);
}

async function askAs({ id, secret }: RegisteredClient, token: string) {
  const body = new URLSearchParams({ token });
  const headers = basic(id, secret);
  return (await fetch(`${services.origin}/oauth/introspect`, { method: 'POST', headers, body })).json();
}

describe('services whose OAuth client somebody else wrote', () => {
  it.each([
    ['in the header', oauth.ClientSecretBasic] as const,
    ['in the form', oauth.ClientSecretPost] as const,
  ])('ask by oauth4webapi with the secret %s', async (_where, authenticate) => {
    const { patients, logIn, send } = services;
    const [as, me, token] = [await discover(), { client_id: patients.id }, await logIn()];
    const ask = async () => {
      const response = await oauth.introspectionRequest(
        as,
        me,
        authenticate(patients.secret),
        token,
        INSECURE,
      );
      return oauth.processIntrospectionResponse(as, me, response);
    };
    expect(await ask()).toMatchObject({ active: true, username: 'doctor', roles: ['doctor'] });
    expect(await send(token, '/v1/auth/sessions/current/revoke', { method: 'POST' })).toBe(204);
    expect(await ask()).toEqual({ active: false });
  });

  it('ask by oauth4webapi for a signed answer, whose signature it verifies', async () => {
    const { patients, logIn } = services;
    const [as, me] = [await discover(), { client_id: patients.id }];
    for (const [token, active] of [
      [await logIn(), true],
      ['x', false],
    ] as const) {
      const auth = oauth.ClientSecretBasic(patients.secret);
      const asked = { requestJwtResponse: true, ...INSECURE };
      const response = await oauth.introspectionRequest(as, me, auth, token, asked);
      expect(await oauth.processIntrospectionResponse(as, me, response)).toMatchObject({ active });
      await oauth.validateApplicationLevelSignature(as, response, INSECURE);
    }
  });

  it('ask by openid-client', async () => {
    const { origin, patients, logIn } = services;
    const config = await openid.discovery(new URL(origin), patients.id, patients.secret, undefined, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    });
    expect(await openid.tokenIntrospection(config, await logIn())).toMatchObject({ active: true });
    expect(await openid.tokenIntrospection(config, 'x')).toEqual({ active: false });
  });

  it('are told of a token for one of them alone, if they are that one', async () => {
    const { patients, alerts, logIn, exchanged } = services;
    const narrow = await exchanged(patients, await logIn());
    expect(await askAs(alerts, narrow)).toMatchObject({
      active: true,
      aud: 'alerts',
      client_id: patients.id,
      act: { sub: patients.id },
    });
    expect(await askAs(patients, narrow)).toEqual({ active: false });
  });
});
