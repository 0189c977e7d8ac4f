import { describe, expect, it } from 'vitest';
import { startCoreApp } from '../../support/core/core-app.ts';

const METADATA = '/.well-known/oauth-authorization-server';

describe('GET /.well-known/oauth-authorization-server', () => {
  it('tells everyone what there is, for five minutes', async () => {
    const { send } = await startCoreApp();
    const response = await send('GET', METADATA);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      issuer: 'https://gate.test',
      token_endpoint: 'https://gate.test/oauth/token',
      jwks_uri: 'https://gate.test/.well-known/jwks.json',
      response_types_supported: [],
      scopes_supported: ['alerts:read', 'patients:read'],
    });
  });

  it('answers 304 without a body to who has it already', async () => {
    const { send } = await startCoreApp();
    const etag = (await send('GET', METADATA)).headers.get('etag') ?? '';
    const response = await send('GET', METADATA, { headers: { 'if-none-match': etag } });
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 304, body: '' });
  });

  it('names grants that the token endpoint knows, and endpoints that are there', async () => {
    const { send } = await startCoreApp();
    const { grant_types_supported: grants, ...metadata } = await (await send('GET', METADATA)).json();
    expect(metadata.introspection_signing_alg_values_supported).toContain('ES256');
    expect(grants).toContain('client_credentials');
    const endpoints = Object.entries(metadata).filter(([name]) =>
      /_endpoint$|_uri$|documentation$/.test(name),
    );
    for (const [name, address] of endpoints) {
      const { pathname } = new URL(String(address));
      const { status } = await send(name.endsWith('_endpoint') ? 'POST' : 'GET', pathname);
      expect({ name, isThere: status !== 404 }).toEqual({ name, isThere: true });
    }
  });

  it('is nowhere else for an issuer without a path', async () => {
    const { send } = await startCoreApp();
    expect((await send('GET', `${METADATA}/auth`)).status).toBe(404);
  });
});

describe('an issuer with a path', () => {
  const startWithPath = () => startCoreApp({ publicUrl: 'https://clinic.example/auth' });

  it('has the same metadata where clients look and where a reverse proxy that takes the path away asks', async () => {
    const { send } = await startWithPath();
    const response = await send('GET', `${METADATA}/auth`);
    const headers = { 'if-none-match': response.headers.get('etag') ?? '' };
    expect((await send('GET', `${METADATA}/auth`, { headers })).status).toBe(304);
    const atHost = await response.json();
    expect(atHost).toEqual(await (await send('GET', METADATA)).json());
    expect(atHost).toMatchObject({
      issuer: 'https://clinic.example/auth',
      token_endpoint: 'https://clinic.example/auth/oauth/token',
      jwks_uri: 'https://clinic.example/auth/.well-known/jwks.json',
      service_documentation: 'https://clinic.example/auth/docs',
    });
  });

  it('says in the contract where its metadata is on the host', async () => {
    const { app } = await startWithPath();
    const answer = await app.request('/docs.json', {}, { requestId: 'req-1', clientAddress: undefined });
    const { servers, paths } = await answer.json();
    expect(servers.map(({ url }: { url: string }) => url)).toEqual(['https://clinic.example/auth']);
    expect(paths[`${METADATA}/auth`].get.servers[0].url).toBe('https://clinic.example');
  });

  it('is in its tokens, and before the paths of cookies and of new sessions', async () => {
    const { send } = await startWithPath();
    const body = { login: 'doctor', password: 'wardgate-test-passphrase', transport: 'token_cookies' };
    const { headers } = await send('POST', '/v1/auth/sessions', { body });
    expect(headers.get('location')).toMatch(/^\/auth\/v1\/auth\/sessions\/ses_/);
    const cookies = headers.getSetCookie();
    const pathOf = (name: string) =>
      /Path=([^;]*)/.exec(cookies.find((cookie) => cookie.startsWith(`${name}=`)) ?? '')?.[1];
    expect(pathOf('refresh_token')).toBe('/auth/v1/auth/tokens/refresh');
    expect(pathOf('access_token')).toBe('/');
    // Browsers take this prefix for the path `/` alone.
    expect(pathOf('__Host-wardgate_session')).toBe('/');
    const token = cookies.find((cookie) => cookie.startsWith('access_token='))?.split(/[=;]/)[1] ?? '';
    expect(JSON.parse(atob(token.split('.')[1] ?? ''))).toMatchObject({ iss: 'https://clinic.example/auth' });
  });

  it('takes requests from pages of its host, whatever their path', async () => {
    const { send, logInWithCookie } = await startWithPath();
    const { cookie } = await logInWithCookie('doctor');
    const from = (origin: string) => send('DELETE', '/v1/auth/sessions', { headers: { cookie, origin } });
    expect((await from('https://clinic.example.evil')).status).toBe(403);
    expect((await from('https://clinic.example')).status).toBe(204);
  });

  it('is in the links of mails', async () => {
    const { send, mails, settled } = await startWithPath();
    await send('POST', '/v1/auth/password/forgot', { body: { email: 'doctor@demo.test' } });
    await settled();
    expect(mails[0]?.text).toContain('https://clinic.example/auth/v1/auth/password/reset#token=');
  });
});
