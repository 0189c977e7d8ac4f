import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage, theBlock } from '../../support/docs/page-programs.ts';
import { startNginxServer } from '../../support/forward-auth/nginx.ts';
import { type OAuthScene, startOAuthScene } from '../../support/oauth/oauth-scene.ts';
import { hasProgram } from '../../support/programs/real-parts.ts';
import { startPathProxy } from '../../support/servers/path-proxy.ts';

// The one setting that a test on this machine needs: the library refuses plain http otherwise.
const INSECURE = { [oauth.allowInsecureRequests]: true };

describe.skipIf(!hasProgram('nginx', '-v'))('nginx, by the lines of docs/oauth.md', () => {
  let issuer: URL;
  let scene: OAuthScene;
  const stack = new AsyncDisposableStack();
  beforeAll(async () => {
    const proxy = stack.adopt(await startPathProxy(''), (started) => started.close());
    const lines = theBlock(await readPage('oauth.md'), 'nginx', 'location');
    const nginx = await startNginxServer(lines.replaceAll('http://127.0.0.1:8080', proxy.publicUrl));
    stack.defer(nginx.stop);
    issuer = new URL(`http://127.0.0.1:${nginx.port}/auth`);
    scene = await startOAuthScene('', { WARDGATE_PUBLIC_URL: issuer.href });
    stack.defer(scene.stop);
    proxy.leadTo(Number(new URL(scene.issuer).port));
  });
  afterAll(() => stack.disposeAsync());

  it('serves an issuer with a path, which oauth4webapi finds and gets a token from', async () => {
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
    const as = await oauth.processDiscoveryResponse(issuer, found);
    expect(as.token_endpoint).toBe(`${issuer.href}/oauth/token`);
    const { id, secret } = await scene.register();
    const [me, auth] = [{ client_id: id }, oauth.ClientSecretBasic(secret)];
    const asked = await oauth.clientCredentialsGrantRequest(as, me, auth, {}, INSECURE);
    const { access_token } = await oauth.processClientCredentialsResponse(as, me, asked);
    const answer = await oauth.introspectionRequest(as, me, auth, access_token, INSECURE);
    expect(await oauth.processIntrospectionResponse(as, me, answer)).toMatchObject({
      active: true,
      iss: issuer.href,
    });
  });
});
