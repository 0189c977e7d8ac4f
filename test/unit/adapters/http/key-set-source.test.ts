import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiscoverySource, createJwksUriSource } from '../../../../src/adapters/http/key-set-source.ts';
import type { KeySetSource } from '../../../../src/gateway/key-sets/key-set.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { close, listen } from '../../../support/servers/loopback-server.ts';

const KEY = { kty: 'EC', kid: 'a' };
const JSON_TYPE = { 'content-type': 'application/json' };

let server: Server;
let origin: string;
let handle: RequestListener;
let paths: string[];

beforeEach(async () => {
  paths = [];
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    handle(request, response);
  });
  origin = `http://${await listen(server)}`;
});

afterEach(() => close(server));

/** Answers each path with a JSON document, and others with 404. */
function serve(documents: Readonly<Record<string, unknown>>): void {
  handle = (request, response) => {
    const document = documents[request.url ?? ''];
    response.writeHead(document === undefined ? 404 : 200, JSON_TYPE).end(JSON.stringify(document ?? {}));
  };
}

async function failure(source: KeySetSource): Promise<UnavailableError> {
  const error = await source().then(
    () => new Error('it was fetched'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ dependency: 'key_set' });
  return error as UnavailableError;
}

const jwks = (timeoutMs = 5000) => createJwksUriSource({ uri: `${origin}/keys`, fetch, timeoutMs });

describe('a key set at a known address', () => {
  it('is fetched with how long it may be kept', async () => {
    handle = (_request, response) =>
      response
        .writeHead(200, {
          'content-type': 'application/jwk-set+json',
          'cache-control': 'public, max-age=600',
          age: '100',
        })
        .end(JSON.stringify({ keys: [KEY, null, 'x', [1]] }));
    expect(await jwks()()).toEqual({ keys: [KEY], maxAgeSeconds: 500 });
  });

  it('is fetched without a content type, and says nothing of its age', async () => {
    handle = (_request, response) => response.writeHead(200).end('{"keys":[]}');
    expect(await jwks()()).toEqual({ keys: [], maxAgeSeconds: undefined });
  });

  it.each([201, 204, 404, 500, 503])('cannot be had with status %i', async (status) => {
    handle = (_request, response) =>
      response.writeHead(status, JSON_TYPE).end(status === 204 ? undefined : '{"keys":[]}');
    await failure(jwks());
  });

  it.each([301, 302, 303, 307, 308])('is not looked for behind a redirect with %i', async (status) => {
    handle = (request, response) =>
      request.url === '/keys'
        ? response.writeHead(status, { location: '/elsewhere' }).end()
        : response.writeHead(200, JSON_TYPE).end('{"keys":[]}');
    await failure(jwks());
    expect(paths).toEqual(['/keys']);
  });

  it.each(['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml', 'TEXT/HTML'])(
    'is not read from a page of type %s',
    async (type) => {
      handle = (_request, response) => response.writeHead(200, { 'content-type': type }).end('{"keys":[]}');
      await failure(jwks());
    },
  );

  it.each([
    '',
    '<html></html>',
    'null',
    '[]',
    '{}',
    '{"keys":{}}',
    '{"keys":"x"}',
    '{"keys":[]',
    '{"keys":["\u{d8}\u{ff}',
  ])('is not read from %j', async (body) => {
    handle = (_request, response) => response.writeHead(200, JSON_TYPE).end(body, 'latin1');
    await failure(jwks());
  });

  it('is cut off above 256 KiB', async () => {
    const padding = (bytes: number) => `{"keys":[],"x":"${'x'.repeat(bytes - 18)}"}`;
    handle = (_request, response) => response.writeHead(200, JSON_TYPE).end(padding(256 * 1024));
    expect(await jwks()()).toMatchObject({ keys: [] });
    handle = (_request, response) => response.writeHead(200, JSON_TYPE).end(padding(256 * 1024 + 1));
    await failure(jwks());
  });

  it('is cut off when it never ends', async () => {
    const closed = Promise.withResolvers<void>();
    handle = (_request, response) => {
      response.writeHead(200, JSON_TYPE).on('close', closed.resolve);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    await failure(jwks());
    await closed.promise;
  });

  it('is given up when the answer, or its rest, is too slow', async () => {
    handle = () => {};
    await failure(jwks(20));
    handle = (_request, response) => response.writeHead(200, JSON_TYPE).write('{"keys":');
    await failure(jwks(20));
  });

  it('cannot be had where nobody listens', async () => {
    handle = (_request, response) => response.destroy();
    const { message, cause } = await failure(jwks());
    expect(message).toBe('the issuer did not answer');
    expect(cause).toBeDefined();
  });
});

describe('a key set found by discovery', () => {
  const discover = (path = '') => createDiscoverySource({ issuer: `${origin}${path}`, fetch });

  it('is where the OpenID configuration below the issuer says', async () => {
    serve({
      '/realms/clinic/.well-known/openid-configuration': {
        issuer: `${origin}/realms/clinic`,
        jwks_uri: `${origin}/certs`,
      },
      '/certs': { keys: [KEY] },
    });
    expect(await discover('/realms/clinic')()).toMatchObject({ keys: [KEY] });
  });

  it('is where RFC 8414’s metadata say, when there is no OpenID configuration', async () => {
    serve({
      '/.well-known/oauth-authorization-server/tenant': {
        issuer: `${origin}/tenant`,
        jwks_uri: `${origin}/certs`,
      },
      '/certs': { keys: [KEY] },
    });
    expect(await discover('/tenant')()).toMatchObject({ keys: [KEY] });
  });

  it('is found below an issuer that ends with a slash', async () => {
    serve({
      '/.well-known/openid-configuration': { issuer: `${origin}/`, jwks_uri: `${origin}/certs` },
      '/certs': { keys: [KEY] },
    });
    expect(await discover('/')()).toMatchObject({ keys: [KEY] });
    await failure(discover());
  });

  it('is not looked for a second time where the issuer is down', async () => {
    handle = (_request, response) => response.writeHead(503).end();
    await failure(discover());
    expect(paths).toEqual(['/.well-known/openid-configuration']);
  });

  it.each<[string, (origin: string) => unknown]>([
    ['another issuer', () => 'https://attacker.test'],
    ['the issuer with a slash', (address) => `${address}/`],
    ['no issuer', () => undefined],
  ])('is not taken from metadata that name %s', async (_case, issuer) => {
    serve({
      '/.well-known/openid-configuration': { issuer: issuer(origin), jwks_uri: `${origin}/certs` },
      '/certs': { keys: [] },
    });
    await failure(discover());
    expect(paths).not.toContain('/certs');
  });

  it.each([
    undefined,
    1,
    '',
    '/certs',
    'http://keys.test/certs',
    'ftp://keys.test/certs',
    'data:application/json,{"keys":[]}',
  ])('is not fetched from %j', async (jwksUri) => {
    serve({ '/.well-known/openid-configuration': { issuer: origin, jwks_uri: jwksUri } });
    await failure(discover());
    expect(paths).toEqual(['/.well-known/openid-configuration']);
  });
});
