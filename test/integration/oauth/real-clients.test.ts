import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiscoverySource } from '../../../src/adapters/http/key-set-source.ts';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import type { RegisteredClient } from '../../support/oauth/registered-client.ts';
import { testKey } from '../../support/tokens/tokens.ts';

// The one setting that a test on this machine needs: the libraries refuse plain http otherwise.
const INSECURE = { [oauth.allowInsecureRequests]: true };

describe.each([['without a path', ''] as const, ['with a path', '/auth/v2'] as const])(
  'an issuer %s',
  (_, path) => {
    let scene: OAuthScene;
    let registered: RegisteredClient;
    beforeAll(async () => {
      scene = await startOAuthScene(path);
      registered = await scene.register();
    });
    afterAll(() => scene?.stop());

    const status = async (token: string) =>
      (await fetch(`${scene.issuer}/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status;

    async function discover(): Promise<oauth.AuthorizationServer> {
      const issuer = new URL(scene.issuer);
      const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
      return oauth.processDiscoveryResponse(issuer, answer);
    }

    it('is discovered by oauth4webapi, which gets a token for the client, and revokes it', async () => {
      const as = await discover();
      expect(as.issuer).toBe(scene.issuer);
      const me = { client_id: registered.id };
      const auth = oauth.ClientSecretBasic(registered.secret);
      const asked = await oauth.clientCredentialsGrantRequest(
        as,
        me,
        auth,
        { scope: 'alerts:read' },
        INSECURE,
      );
      const { access_token, scope } = await oauth.processClientCredentialsResponse(as, me, asked);
      expect(scope).toBe('alerts:read');
      const keys = createRemoteJWKSet(new URL(as.jwks_uri ?? ''));
      const { payload } = await jwtVerify(access_token, keys, { issuer: scene.issuer, typ: 'at+jwt' });
      expect(payload.client_id).toBe(registered.id);
      const answer = await oauth.revocationRequest(as, me, auth, access_token, INSECURE);
      await expect(oauth.processRevocationResponse(answer)).resolves.toBeUndefined();
    });

    it('lets oauth4webapi refresh the tokens of a user, narrower too, and end the session', async () => {
      const as = await discover();
      const me = { client_id: registered.id };
      const auth = oauth.ClientSecretPost(registered.secret);
      const refresh = async (token: string, scope?: string) =>
        oauth.processRefreshTokenResponse(
          as,
          me,
          await oauth.refreshTokenGrantRequest(as, me, auth, token, {
            ...(scope !== undefined && { additionalParameters: { scope } }),
            ...INSECURE,
          }),
        );
      const begun = await scene.logIn(registered);
      const first = await refresh(begun.refreshToken);
      expect(await status(first.access_token)).toBe(200);
      const second = await refresh(first.refresh_token ?? '', first.scope?.split(' ')[0]);
      expect(second.scope).toBe(first.scope?.split(' ')[0]);
      const revoked = await oauth.revocationRequest(as, me, auth, second.refresh_token ?? '', INSECURE);
      await oauth.processRevocationResponse(revoked);
      expect(await status(second.access_token)).toBe(401);
      await expect(refresh(second.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    });

    it('tells oauth4webapi that a token is another client’s', async () => {
      const as = await discover();
      const other = await scene.register();
      const { refreshToken, accessToken } = await scene.logIn(registered);
      const me = { client_id: other.id };
      const auth = oauth.ClientSecretBasic(other.secret);
      const answer = await oauth.revocationRequest(as, me, auth, refreshToken, INSECURE);
      await expect(oauth.processRevocationResponse(answer)).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(await status(accessToken)).toBe(200);
    });

    it('knows a client of oauth4webapi by the assertion that it signs', async () => {
      const as = await discover();
      const { publicJwk, privateKey, kid } = await testKey('ES256');
      const directory = await mkdtemp(join(tmpdir(), 'wardgate-oauth-'));
      const file = join(directory, 'jwks.json');
      await writeFile(file, JSON.stringify({ keys: [publicJwk] }));
      const { id } = await scene.register(`--method private_key_jwt --jwks ${file}`);
      await rm(directory, { recursive: true });
      const me = { client_id: id };
      const auth = oauth.PrivateKeyJwt({ key: privateKey, ...(kid && { kid }) });
      const asked = await oauth.clientCredentialsGrantRequest(as, me, auth, {}, INSECURE);
      expect((await oauth.processClientCredentialsResponse(as, me, asked)).token_type).toBe('bearer');
    });

    it('answers oauth4webapi about a token, signed where that is asked for', async () => {
      const as = await discover();
      const me = { client_id: registered.id };
      const auth = oauth.ClientSecretBasic(registered.secret);
      const { accessToken } = await scene.logIn(registered);
      for (const requestJwtResponse of [false, true]) {
        const options = { requestJwtResponse, ...INSECURE };
        const answer = await oauth.introspectionRequest(as, me, auth, accessToken, options);
        const about = await oauth.processIntrospectionResponse(as, me, answer);
        expect(about).toMatchObject({ active: true, client_id: registered.id, iss: scene.issuer });
        if (requestJwtResponse) await oauth.validateApplicationLevelSignature(as, answer, INSECURE);
      }
    });

    it('is discovered by openid-client, which refreshes and revokes', async () => {
      const config = await client.discovery(
        new URL(scene.issuer),
        registered.id,
        registered.secret,
        undefined,
        {
          algorithm: 'oauth2',
          execute: [client.allowInsecureRequests],
        },
      );
      expect(config.serverMetadata().issuer).toBe(scene.issuer);
      const own = await client.clientCredentialsGrant(config, { scope: 'patients:read' });
      expect(own.scope).toBe('patients:read');
      const begun = await scene.logIn(registered);
      const next = await client.refreshTokenGrant(config, begun.refreshToken);
      expect(await status(next.access_token)).toBe(200);
      await client.tokenRevocation(config, next.access_token);
      expect(await status(next.access_token)).toBe(401);
      await expect(client.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('has its keys found by a gateway for which it is a foreign issuer', async () => {
      const { keys } = await createDiscoverySource({ issuer: scene.issuer, fetch })();
      const own = await (await fetch(`${scene.issuer}/.well-known/jwks.json`)).json();
      expect(keys).toEqual(own.keys);
      expect(keys.length).toBeGreaterThan(0);
    });
  },
);
