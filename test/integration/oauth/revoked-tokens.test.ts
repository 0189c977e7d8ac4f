import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../../support/oauth/client-requests.ts';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { startHttpService } from '../../support/servers/upstream-service.ts';
import { startWardgateProcess } from '../../support/wardgate/wardgate-process.ts';

const stack = new AsyncDisposableStack();
let scene: OAuthScene;
let pages: RegisteredClient;
/** The process of role `all`, and one of role `gateway`. */
let origins: readonly string[];

beforeAll(async () => {
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'wardgate-revoked-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const service = stack.adopt(await startHttpService((_, outgoing) => outgoing.end('served')), (started) =>
    started.close(),
  );
  const policyFile = join(folder, 'gateway.yaml');
  await writeFile(
    policyFile,
    `
version: 1
credentials: [bearer]
issuers: [{ id: wardgate, audience: clinic }]
signing: { algorithm: ES256 }
upstreams: { records: { url: ${service.origin} } }
routes:
  - { id: records, path: /records/**, upstream: records, allow: [{ roles: [doctor] }] }
`,
  );
  const shared = {
    WARDGATE_CONFIG: policyFile,
    WARDGATE_CLIENT_ID: 'edge',
    WARDGATE_CLIENT_SECRET: 'edge-secret-of-32-bytes-0000000000',
  };
  scene = stack.adopt(await startOAuthScene('', shared), (started) => started.stop());
  const gateway = await startWardgateProcess({
    ...shared,
    WARDGATE_ROLE: 'gateway',
    WARDGATE_PUBLIC_URL: scene.issuer,
    WARDGATE_CORE_URL: scene.issuer,
  });
  stack.defer(() => gateway.stop());
  origins = [scene.issuer, `http://127.0.0.1:${gateway.port}`];
  pages = await scene.register('--role doctor');
});
afterAll(() => stack.disposeAsync());

async function served(origin: string, token: string): Promise<number> {
  const answer = await fetch(`${origin}/records/x`, { headers: { authorization: `Bearer ${token}` } });
  await answer.text();
  return answer.status;
}

const everywhere = (token: string) => Promise.all(origins.map((origin) => served(origin, token)));

function post(path: string, form: Readonly<Record<string, string>>, { id, secret }: RegisteredClient) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...basic(id, secret) };
  return fetch(`${scene.issuer}${path}`, { method: 'POST', headers, body: new URLSearchParams(form) });
}

async function ownToken(client = pages): Promise<string> {
  const answer = await post('/oauth/token', { grant_type: 'client_credentials' }, client);
  return (await answer.json()).access_token;
}

const revoke = (token: string) => () => post('/oauth/revoke', { token }, pages);

/** Revokes, and tells how long after the answer the last request was sent that was let through, at either process. */
async function lagAfter(act: () => Promise<Response>, watched: string): Promise<number> {
  expect(await everywhere(watched)).toEqual([200, 200]);
  expect((await act()).status).toBe(200);
  const atMs = performance.now();
  const lags = origins.map(async (origin) => {
    for (let lastMs = 0; ; await pause(5)) {
      const sentMs = performance.now() - atMs;
      const status = await served(origin, watched);
      if (status === 401) return lastMs;
      expect(status).toBe(200);
      lastMs = sentMs;
    }
  });
  return Math.max(...(await Promise.all(lags)));
}

describe('a token is refused at every gateway within a second', () => {
  it('where its client revoked it, and the other tokens of the client pass', async () => {
    const [token, other] = [await ownToken(), await ownToken()];
    expect(await lagAfter(revoke(token), token)).toBeLessThan(1000);
    expect(await everywhere(other)).toEqual([200, 200]);
  });

  it('where its client revoked the refresh token of the session', async () => {
    const [ended, other] = [await scene.logIn(pages), await scene.logIn(pages)];
    expect(await lagAfter(revoke(ended.refreshToken), ended.accessToken)).toBeLessThan(1000);
    expect(await everywhere(other.accessToken)).toEqual([200, 200]);
  });

  it('where its client revoked another access token of the session', async () => {
    const { accessToken, refreshToken } = await scene.logIn(pages);
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { access_token } = await (await post('/oauth/token', form, pages)).json();
    expect(await lagAfter(revoke(access_token), accessToken)).toBeLessThan(1000);
  });

  it('where the client was disabled through which the user had logged in', async () => {
    const shut = await scene.register();
    const { accessToken } = await scene.logIn(shut);
    const admin = await scene.logIn(pages, 'admin');
    const disable = () =>
      fetch(`${scene.issuer}/v1/clients/${shut.id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.accessToken}` },
        body: JSON.stringify({ disabled: true }),
      });
    expect(await lagAfter(disable, accessToken)).toBeLessThan(1000);
    const form = { grant_type: 'client_credentials' };
    expect((await post('/oauth/token', form, shut)).status).toBe(401);
  });
});

it('tokens of a user are refused everywhere where a role or a link was taken by hand, and a refresh gives what is left at once', async () => {
  const refresh = async (refreshToken: string) => {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return (await post('/oauth/token', form, pages)).json();
  };
  const byHand = (change: string) => async () => {
    await scene.sql.unsafe(`update users set ${change} where username = 'doctor'`);
    return new Response();
  };
  await byHand(`roles = '{doctor,reviewer}', doctor_id = 'd-1'`)();
  let { refreshToken } = await scene.logIn(pages);
  for (const change of [`roles = '{doctor}'`, `doctor_id = 'd-2'`]) {
    const before = await refresh(refreshToken);
    expect(await lagAfter(byHand(change), before.access_token)).toBeLessThan(1000);
    const after = await refresh(before.refresh_token);
    expect(await everywhere(after.access_token)).toEqual([200, 200]);
    await byHand(`roles = '{doctor,reviewer}'`)();
    expect(await everywhere(after.access_token)).toEqual([200, 200]);
    refreshToken = after.refresh_token;
  }
});

it.each(['user', 'client'])(
  'a token that was issued right after something was taken from its %s ends when something is taken from the other',
  async (first) => {
    const program = await scene.register('--role doctor');
    const takeFrom = {
      user: `update users set roles = '{doctor}' where username = 'doctor'`,
      client: `update clients set roles = '{}' where id = '${program.id}'`,
    };
    await scene.sql.unsafe(`update users set roles = '{doctor,reviewer}' where username = 'doctor'`);
    const { refreshToken } = await scene.logIn(program);
    const [before, after] = first === 'user' ? (['user', 'client'] as const) : (['client', 'user'] as const);
    await scene.sql.unsafe(takeFrom[before]);
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { access_token } = await (await post('/oauth/token', form, program)).json();
    expect(await everywhere(access_token)).toEqual([200, 200]);
    const take = async () => {
      await scene.sql.unsafe(takeFrom[after]);
      return new Response();
    };
    expect(await lagAfter(take, access_token)).toBeLessThan(1000);
  },
);

describe('the process that answered the revocation knows at once', () => {
  const isActive = async (token: string) =>
    (await (await post('/oauth/introspect', { token }, pages)).json()).active;

  async function administer(method: string, path: string, body?: object) {
    const { accessToken } = await scene.logIn(pages, 'admin');
    return fetch(`${scene.issuer}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  it.each([
    ['of a client for itself', () => ownToken()],
    ['of a session', async () => (await scene.logIn(pages)).accessToken],
  ])('that the token %s is not active', async (_, newToken) => {
    for (let round = 0; round < 5; round += 1) {
      const token = await newToken();
      expect(await isActive(token)).toBe(true);
      expect((await revoke(token)()).status).toBe(200);
      expect(await isActive(token)).toBe(false);
    }
  });

  it('that an API key is not active', async () => {
    for (let round = 0; round < 3; round += 1) {
      const wanted = { name: 'export', scopes: ['alerts:read'] };
      const { key, apiKey } = await (await administer('POST', 'api-keys', wanted)).json();
      expect(await isActive(key)).toBe(true);
      expect((await administer('DELETE', `api-keys/${apiKey.id}`)).status).toBe(204);
      expect(await isActive(key)).toBe(false);
    }
  });

  it.each([
    ['was disabled', (id: string) => administer('PATCH', `clients/${id}`, { disabled: true })],
    ['got a new secret', (id: string) => administer('POST', `clients/${id}/secret`)],
    ['was removed', (id: string) => administer('DELETE', `clients/${id}`)],
  ])('that the token of a client that %s is not active', async (_, act) => {
    const client = await scene.register('--role doctor');
    const token = await ownToken(client);
    expect(await isActive(token)).toBe(true);
    expect((await act(client.id)).status).toBeLessThan(300);
    expect(await isActive(token)).toBe(false);
  });
});

it('a token of a client that lost a role since is refused by the core itself too, while the session goes on', async () => {
  const program = await scene.register('--role doctor');
  const { accessToken, refreshToken } = await scene.logIn(program);
  const admin = await scene.logIn(pages, 'admin');
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${scene.issuer}/v1/auth/me`, { headers })).status;
  };
  expect(await ask(accessToken)).toBe(200);
  const changed = await fetch(`${scene.issuer}/v1/clients/${program.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.accessToken}` },
    body: JSON.stringify({ roles: [] }),
  });
  expect(changed.status).toBe(200);
  await expect.poll(() => ask(accessToken)).toBe(401);
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const { access_token } = await (await post('/oauth/token', form, program)).json();
  expect(await ask(access_token)).toBe(200);
});
