import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/entry/demo/demo-users.ts';
import { readPage, theBlock } from '../../support/docs/page-programs.ts';
import { hasApache, startApache } from '../../support/oauth/apache.ts';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import type { RunningDaemon } from '../../support/programs/daemon.ts';
import { hasPart } from '../../support/programs/real-parts.ts';
import { startHttpService, type TestService } from '../../support/servers/upstream-service.ts';
import { REPOSITORY } from '../../support/wardgate/installed-downstream.ts';

const AUTHLIB = join(REPOSITORY, 'test/support/oauth/authlib-client.py');
// Debian's own, for which its packages are: another one may come first in the path.
const PYTHON = '/usr/bin/python3';
const DEBIAN_PACKAGES = '/usr/lib/python3/dist-packages';
const hasAuthlib =
  hasPart(`${DEBIAN_PACKAGES}/authlib`, 'python3-authlib') &&
  hasPart(`${DEBIAN_PACKAGES}/requests`, 'python3-requests');
const INACTIVE = { status: 200, body: { active: false } };
const FORGED = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9.AAAA';

let scene: OAuthScene;
let registered: RegisteredClient;

beforeAll(async () => {
  scene = await startOAuthScene('');
  registered = await scene.register('--scope alerts:read');
});
afterAll(() => scene?.stop());

const post = (path: string, headers: Record<string, string>, body: object = {}) =>
  fetch(`${scene.issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

/** Ends the session of a credential, as its user does. */
async function logOut(credential: Record<string, string>): Promise<void> {
  const url = `${scene.issuer}/v1/auth/sessions/current/revoke`;
  const { status } = await fetch(url, { method: 'POST', headers: credential });
  expect(status).toBe(204);
}

async function newApiKey(): Promise<string> {
  const { accessToken } = await scene.logIn(registered, 'admin');
  const answer = await post('/v1/api-keys', bearing(accessToken), {
    name: 'export',
    scopes: ['alerts:read'],
  });
  return (await answer.json()).key;
}

/** Logs the doctor in as a browser does. */
async function newSessionToken(): Promise<string> {
  const body = { login: 'doctor', password: DEMO_PASSWORD, transport: 'cookie' };
  const { headers } = await post('/v1/auth/sessions', {}, body);
  return /wardgate_session=([^;]+)/.exec(headers.getSetCookie().join())?.[1] ?? '';
}

describe.skipIf(!hasAuthlib)('Authlib (Python), by its defaults', () => {
  type Act = readonly ['introspect' | 'revoke' | 'fetch', string?];

  async function authlib(acts: readonly Act[], { id, secret } = registered) {
    const written = await new Promise<string>((resolve, reject) => {
      const child = execFile(PYTHON, [AUTHLIB], (error, out) => (error ? reject(error) : resolve(out)));
      child.stdin?.end(JSON.stringify({ issuer: scene.issuer, id, secret, acts }));
    });
    return JSON.parse(written);
  }

  it('is told of access tokens, session tokens and API keys, and nothing of what is forged', async () => {
    const { accessToken } = await scene.logIn(registered);
    const tokens = [accessToken, await newSessionToken(), await newApiKey(), FORGED];
    const answers = await authlib(tokens.map((token) => ['introspect', token] as const));
    expect(answers).toMatchObject([
      { status: 200, body: { active: true, username: 'doctor', roles: ['doctor'], token_type: 'Bearer' } },
      { status: 200, body: { active: true, username: 'doctor', token_type: 'session_token' } },
      { status: 200, body: { active: true, scope: 'alerts:read', token_type: 'api_key' } },
      INACTIVE,
    ]);
    expect(answers[3]).toEqual(INACTIVE);
    await logOut(bearing(accessToken));
    await expect.poll(() => authlib([['introspect', accessToken]])).toEqual([INACTIVE]);
  });

  it('gets a token, asks about it, revokes it, and is told that it is over', async () => {
    const [, ...answers] = await authlib([['fetch'], ['introspect'], ['revoke'], ['introspect']]);
    expect(answers).toMatchObject([
      { status: 200, body: { active: true, sub: registered.id } },
      { status: 200 },
      INACTIVE,
    ]);
  });

  it('is refused with a wrong secret', async () => {
    const { accessToken } = await scene.logIn(registered);
    const answers = await authlib([['introspect', accessToken]], { ...registered, secret: 'wrong' });
    expect(answers).toMatchObject([{ status: 401, body: { error: 'invalid_client' } }]);
  });
});

const MODULES = [
  { module: 'auth_openidc', lines: 'OIDCOAuth', header: 'OIDC_CLAIM', roles: 'doctor' },
  { module: 'oauth2', lines: 'OAuth2TokenVerify', header: 'OAUTH2_CLAIM', roles: '["doctor"]' },
] as const;

describe.each(MODULES.filter(({ module }) => hasApache(module)))(
  'Apache with mod_$module (C), set as the page says',
  ({ module, lines, header, roles }) => {
    let service: TestService;
    let apache: RunningDaemon;
    beforeAll(async () => {
      service = await startHttpService();
      const client = { CLIENT_ID: registered.id, CLIENT_SECRET: registered.secret };
      apache = await startApache(module, await linesOfPage(service.origin), client);
    });
    afterAll(async () => {
      await apache?.stop();
      await service?.close();
    });

    /** The page's lines, with addresses of this machine. */
    async function linesOfPage(origin: string): Promise<string> {
      return theBlock(await readPage('introspection.md'), 'apache', lines)
        .replace('http://127.0.0.1:8080/', `${scene.issuer}/`)
        .replace('http://127.0.0.1:9100/', `${origin}/`);
    }

    const claimed = Object.fromEntries(
      ['sub', 'patient_id'].flatMap((member) => [
        [`${header}_${member}`, 'forged'],
        [`${header}_${member}`.replaceAll('_', '-'), 'forged'],
      ]),
    );
    const ask = (token: string | undefined) =>
      fetch(`http://127.0.0.1:${apache.port}/notes/1`, {
        headers: { ...claimed, ...(token && bearing(token)) },
      });

    it('tells the service who is calling, and nothing that the caller says himself', async () => {
      const { accessToken } = await scene.logIn(registered);
      const answer = await ask(accessToken);
      expect(answer.status).toBe(200);
      const { headers } = await answer.json();
      expect(headers.join('\n')).toMatch(new RegExp(`${header}_sub\nusr_[0-9a-f]{32}\n`));
      expect(headers.join('\n')).toContain(`${header}_roles\n${roles}\n`);
      expect(headers.join('\n')).not.toContain('forged');
    });

    it('refuses what is missing, forged or without the role', async () => {
      const patient = await scene.logIn(registered, 'patient');
      const tokens = [undefined, FORGED, patient.accessToken, await newApiKey()];
      const answers = await Promise.all(tokens.map(ask));
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    });

    it('refuses a session token and an access token once their users have logged out', async () => {
      const { accessToken } = await scene.logIn(registered);
      const sessionToken = await newSessionToken();
      expect((await ask(accessToken)).status).toBe(200);
      expect((await ask(sessionToken)).status).toBe(200);
      await logOut(bearing(accessToken));
      await logOut({ cookie: `wardgate_session=${sessionToken}`, origin: scene.issuer });
      await expect.poll(async () => (await ask(accessToken)).status).toBe(401);
      await expect.poll(async () => (await ask(sessionToken)).status).toBe(401);
    });
  },
);
