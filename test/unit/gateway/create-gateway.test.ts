import { describe, expect, it } from 'vitest';
import { createTrustedProxies } from '../../../src/gateway/client/trusted-proxies.ts';
import { createGateway } from '../../../src/gateway/create-gateway.ts';
import { CREDENTIAL_KINDS } from '../../../src/gateway/credentials/credential.ts';
import type { AssertedHeaders } from '../../../src/gateway/identity-headers/asserted-headers.ts';
import { createRouteTable } from '../../../src/gateway/routes/route-table.ts';
import { ok, refused } from '../../../src/lib/result.ts';
import { allow, buildPrincipal, buildRoute } from '../../support/gateway/policies.ts';
import { everybodyStands } from '../../support/revocations/quiet-revocations.ts';

const HOST = ['Host', 'gateway.example'];
const BEARER = ['Authorization', 'Bearer t.o.k'];
const QUESTION = ['X-Original-Method', 'GET', 'X-Original-URI', '/records/r-1'];

function createTestGateway(assertedHeaders: AssertedHeaders, standing = everybodyStands) {
  const access = allow({ roles: ['doctor'] });
  const routes = createRouteTable([
    buildRoute('/records/:id', { id: 'records', access }),
    buildRoute('/asserted/:id', { id: 'asserted', access, assertion: true }),
  ]);
  const trustedProxies = createTrustedProxies(['10.0.0.1/32']);
  if (!routes.ok || !trustedProxies.ok) throw new Error('the scene is wrong');
  return createGateway({
    routes: routes.value,
    trustedProxies: trustedProxies.value,
    authenticators: [
      { name: 'fixed', authenticate: () => ({ kind: 'authenticated', principal: buildPrincipal() }) },
    ],
    extraction: { kinds: new Set(CREDENTIAL_KINDS), sessionCookieName: 'wardgate_session' },
    trustedOrigins: new Set(),
    standing,
    assertedHeaders,
  });
}

const neverAsserted: AssertedHeaders = () => {
  throw new Error('no route asks for an assertion');
};

function handle(
  target: string,
  headers: readonly string[],
  peerAddress = '192.0.2.7',
  assertedHeaders = neverAsserted,
  standing = everybodyStands,
) {
  const wire = { method: 'GET', target, headers, peerAddress, encrypted: false, requestId: 'req_1' };
  return createTestGateway(assertedHeaders, standing).handle(wire);
}

describe('createGateway: proxy mode', () => {
  it('forwards what is allowed, with our headers', async () => {
    const handling = await handle('/records/r-1?x=1', [...HOST, ...BEARER, 'X-User-Id', 'forged']);
    expect(handling).toMatchObject({
      kind: 'forward',
      plan: { path: '/records/r-1?x=1' },
      record: {
        mode: 'proxy',
        routeId: 'records',
        outcome: 'allow',
        path: '/records/r-1',
        clientAddress: '192.0.2.7',
      },
    });
    if (handling.kind !== 'forward') return;
    const { headers } = handling.plan;
    const userIds = headers.filter((_, index) => headers[index - 1]?.toLowerCase() === 'x-user-id');
    expect(userIds).toEqual([buildPrincipal().subject]);
  });

  it('records why a request was denied, and who asked', async () => {
    expect(await handle('/records/r-1', HOST)).toMatchObject({
      kind: 'answer',
      answer: { status: 401 },
      record: { outcome: 'credential_missing', routeId: 'records', path: '/records/r-1' },
    });
  });

  it.each([
    ['two hosts', [...HOST, 'host', 'other.example'], 'header_repeated'],
    ['a host with user information', ['Host', 'user@gateway.example'], 'host_malformed'],
  ])('answers 400 to %s, whatever is asked for', async (_what, headers, outcome) => {
    for (const target of ['/records/r-1', '/nowhere', '/health', '/_gateway/auth/nginx'])
      expect(await handle(target, headers)).toMatchObject({ answer: { status: 400 }, record: { outcome } });
  });

  it('does not believe an untrusted peer about the client', async () => {
    expect(await handle('/nowhere', [...HOST, 'X-Forwarded-For', '203.0.113.9'])).toMatchObject({
      record: { clientAddress: '192.0.2.7' },
    });
    expect(await handle('/nowhere', [...HOST, 'X-Forwarded-For', '203.0.113.9'], '10.0.0.1')).toMatchObject({
      record: { clientAddress: '203.0.113.9' },
    });
  });

  it('hands its own paths to the app in canonical form', async () => {
    expect(await handle('//v1//%61uth/me?x', HOST)).toEqual({
      kind: 'reserved',
      target: { path: '/v1/auth/me', query: '?x' },
      clientAddress: '192.0.2.7',
    });
  });
});

describe('createGateway: forward-auth', () => {
  it('answers 200 with the identity headers to a trusted proxy', async () => {
    const handling = await handle('/_gateway/auth/nginx', [...HOST, ...BEARER, ...QUESTION], '10.0.0.1');
    expect(handling).toMatchObject({
      kind: 'answer',
      answer: {
        status: 200,
        headers: expect.arrayContaining(['X-User-Id', buildPrincipal().subject]),
        body: '',
      },
      record: { mode: 'nginx', outcome: 'allow', path: '/records/r-1' },
    });
  });

  it('refuses whoever is no trusted proxy before it reads the question', async () => {
    expect(await handle('/_gateway/auth/nginx', [...HOST, ...BEARER, ...QUESTION])).toMatchObject({
      answer: { status: 403 },
      record: { mode: 'nginx', outcome: 'peer_not_trusted' },
    });
  });

  it('does not take the sub-request’s own line for the question', async () => {
    expect(await handle('/_gateway/auth/nginx', [...HOST, ...BEARER], '10.0.0.1')).toMatchObject({
      record: { outcome: 'dialect_header_missing' },
    });
  });

  it('does not answer at a path that only resembles one of its own', async () => {
    for (const path of ['/_gateway/auth/nginx/', '/_gateway/auth/NGINX', '/_gateway/auth/other'])
      expect(await handle(path, [...HOST, ...BEARER, ...QUESTION], '10.0.0.1')).toMatchObject({
        kind: 'reserved',
      });
  });
});

describe('createGateway: routes that send an assertion', () => {
  const HEADERS = ['X-User-Id', 'usr_1', 'X-Identity-Assertion', 'a.b.c'];
  const QUESTIONS = [
    ['proxied', '/asserted/1', [...HOST, ...BEARER], '192.0.2.7'],
    [
      'asked',
      '/_gateway/auth/nginx',
      [...HOST, ...BEARER, 'X-Original-Method', 'GET', 'X-Original-URI', '/asserted/1'],
      '10.0.0.1',
    ],
  ] as const;

  it.each(QUESTIONS)('hand it on, %s, also where it had to be signed first', async (_mode, ...question) => {
    for (const assertedHeaders of [() => ok(HEADERS), async () => ok(HEADERS)]) {
      const handling = await handle(...question, assertedHeaders);
      const headers =
        handling.kind === 'forward'
          ? handling.plan.headers
          : handling.kind === 'answer'
            ? handling.answer.headers
            : [];
      expect(handling).toMatchObject({ record: { outcome: 'allow', routeId: 'asserted' } });
      expect(headers.filter((_, index) => /^x-identity-assertion$/i.test(headers[index - 1] ?? ''))).toEqual([
        'a.b.c',
      ]);
    }
  });

  it.each(QUESTIONS)('answer 503, %s, where it could not be signed', async (_mode, ...question) => {
    expect(await handle(...question, async () => refused('core'))).toMatchObject({
      kind: 'answer',
      answer: { status: 503, headers: expect.arrayContaining(['Retry-After', '5']) },
      record: {
        outcome: 'dependency_unavailable',
        routeId: 'asserted',
        path: '/asserted/1',
        subject: buildPrincipal().subject,
      },
    });
  });

  it.each(QUESTIONS)(
    'answer 401, %s, to whom was revoked while it was signed',
    async (_mode, target, headers, peerAddress) => {
      let isRevoked = false;
      const standing = {
        ...everybodyStands,
        check: () => ({ kind: isRevoked ? 'revoked' : 'stands' }) as const,
      };
      const sign = async () => {
        isRevoked = true;
        return ok(HEADERS);
      };
      expect(await handle(target, headers, peerAddress, sign, standing)).toMatchObject({
        kind: 'answer',
        answer: { status: 401 },
        record: { outcome: 'credential_rejected', routeId: 'asserted', subject: buildPrincipal().subject },
      });
    },
  );

  it('are answered 401 without a credential, and nothing is signed', async () => {
    expect(await handle('/asserted/1', HOST)).toMatchObject({ answer: { status: 401 } });
  });

  it('leave all other routes answered at once', () => {
    expect(handle('/records/r-1', [...HOST, ...BEARER])).not.toBeInstanceOf(Promise);
  });
});
