import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { type CoreUnderTest, INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';
import { addSecretClient, basic } from '../../support/oauth/client-requests.ts';

/** Sends a request, and answers with its status, what its body calls the refusal and what was told of it. */
async function askTelling({ app }: CoreUnderTest, path: string, init: RequestInit = {}) {
  const told: string[] = [];
  const facts = {
    requestId: 'req-1',
    clientAddress: undefined,
    refused: (code: string) => void told.push(code),
  };
  const response = await app.request(path, init, facts);
  const { code, error } = response.headers.get('content-type')?.includes('json') ? await response.json() : {};
  return { status: response.status, said: code ?? error, told: told.at(-1) };
}

const post = (headers: Record<string, string>, body: string): RequestInit => ({
  method: 'POST',
  headers,
  body,
});
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const WRONG = basic('cli_wrong', 'wrong');

describe('what is told of a refusal', () => {
  it.each<[string, string, RequestInit, number, string]>([
    ['introspection without a credential', '/oauth/introspect', post(FORM, 'token=x'), 401, 'invalid_client'],
    [
      'introspection by a wrong client',
      '/oauth/introspect',
      post({ ...FORM, ...WRONG }, 'token=x'),
      401,
      'invalid_client',
    ],
    [
      'introspection by a wrong access token',
      '/oauth/introspect',
      post({ ...FORM, authorization: 'Bearer x' }, 'token=x'),
      401,
      'invalid_token',
    ],
    [
      'revocation by a wrong client',
      '/oauth/revoke',
      post({ ...FORM, ...WRONG }, 'token=x'),
      401,
      'invalid_client',
    ],
    [
      'a token request that is too large',
      '/oauth/token',
      post(FORM, 'x'.repeat(20_000)),
      413,
      'invalid_request',
    ],
    ['self service without a credential', '/v1/auth/me', {}, 401, 'credential_missing'],
    [
      'administration with a wrong token',
      '/v1/users',
      { headers: { authorization: 'Bearer x' } },
      401,
      'invalid_token',
    ],
    [
      'a gateway that is unknown',
      '/internal/sessions/lookup',
      post({ ...WRONG }, '{}'),
      401,
      'invalid_client',
    ],
    ['a path where nothing is', '/v1/nothing', {}, 404, 'not_found'],
    ['a method that is not there', '/v1/auth/me', { method: 'PUT' }, 405, 'method_not_allowed'],
  ])('is for %s what its body says', async (_what, path, init, status, code) => {
    const under = await startCoreApp();
    expect(await askTelling(under, path, init)).toEqual({ status, said: code, told: code });
  });

  it('is the missing role of a caller who is known', async () => {
    const under = await startCoreApp();
    const { accessToken } = await under.logIn('doctor');
    const init = { headers: { authorization: `Bearer ${accessToken}` } };
    expect(await askTelling(under, '/v1/users', init)).toEqual({
      status: 403,
      said: 'role_missing',
      told: 'role_missing',
    });
  });

  it('is temporarily_unavailable while a store cannot tell', async () => {
    const under = await startCoreApp();
    const { id, secret } = await addSecretClient(under);
    under.stores.clients.findCredentials = async () => {
      throw new UnavailableError('database', 'down');
    };
    const told = await askTelling(
      under,
      '/oauth/introspect',
      post({ ...FORM, ...basic(id, secret) }, 'token=x'),
    );
    expect(told).toEqual({ status: 503, said: 'temporarily_unavailable', told: 'temporarily_unavailable' });
  });

  it('is nothing where the request is served', async () => {
    const under = await startCoreApp();
    const { id, secret } = INTERNAL_CLIENT;
    expect((await askTelling(under, '/.well-known/jwks.json')).told).toBeUndefined();
    const asked = post({ ...basic(id, secret), 'content-type': 'application/json' }, '{"token":"wgs_x"}');
    expect(await askTelling(under, '/internal/sessions/lookup', asked)).toMatchObject({ told: undefined });
    const client = await addSecretClient(under);
    const form = post({ ...FORM, ...basic(client.id, client.secret) }, 'token=x');
    expect(await askTelling(under, '/oauth/introspect', form)).toMatchObject({
      status: 200,
      told: undefined,
    });
  });
});
