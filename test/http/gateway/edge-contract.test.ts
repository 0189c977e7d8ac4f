import { describe, expect, it } from 'vitest';
import { createOutboxApp, OUTBOX_PATH } from '../../../src/core/http/pages/outbox-app.ts';
import { createOutbox } from '../../../src/core/mail/outbox.ts';
import { answerResponse } from '../../../src/gateway/answer.ts';
import type { Authenticator } from '../../../src/gateway/authenticators/authenticator.ts';
import { createTrustedProxies } from '../../../src/gateway/client/trusted-proxies.ts';
import { edgeContract } from '../../../src/gateway/contract/edge-contract.ts';
import { createGateway } from '../../../src/gateway/create-gateway.ts';
import { CREDENTIAL_KINDS } from '../../../src/gateway/credentials/credential.ts';
import { DIALECTS } from '../../../src/gateway/forward-auth/dialects.ts';
import {
  createOperationsApp,
  type OperationsDeps,
  type Readiness,
} from '../../../src/gateway/operations-app.ts';
import { createRouteTable } from '../../../src/gateway/routes/route-table.ts';
import { type ContractDocument, listOperations } from '../../../src/lib/contract-document.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { refused } from '../../../src/lib/result.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { allow, buildPrincipal, buildRoute } from '../../support/gateway/policies.ts';
import { answerCheckOf } from '../../support/openapi/answer-check.ts';
import { everybodyStands } from '../../support/revocations/quiet-revocations.ts';

const ABOUT = { version: '1.2.3', description: 'What it is for.', license: 'Apache-2.0' };

// One for all: what is asked here is answered by the edge.
const described = describeEdge();

async function describeEdge() {
  const { app, send } = await startCoreApp({ about: { ...ABOUT, besides: edgeContract({ hasEdge: true }) } });
  const document: ContractDocument = await (await send('GET', '/docs.json')).json();
  return { app, document, check: await answerCheckOf(app, edgeContract({ hasEdge: true })) };
}

const readinessOf = (status: Readiness['status']) => async () => ({
  status,
  dependencies: { database: status !== 'not_ready', revocation_feed: status === 'ready' },
});

async function askOperations(
  deps: Partial<OperationsDeps>,
  path: string,
  authorization?: string,
  method = 'GET',
) {
  const metrics = async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' });
  const readiness = readinessOf('ready');
  const app = createOperationsApp({ readiness, metrics, metricsToken: 'a-token', ...deps });
  const headers = authorization === undefined ? undefined : { authorization };
  const told: string[] = [];
  const facts = { requestId: 'req_1', refused: (code: string) => void told.push(code) };
  const response = await app.request(path, { method, ...(headers && { headers }) }, facts);
  const said = response.headers.get('content-type')?.includes('problem')
    ? [(await response.clone().json()).code]
    : [];
  expect(told.slice(-1), `what ${method} ${path} tells the log`).toEqual(said);
  await (await described).check(method, path, response);
  return response.status;
}

const AUTHENTICATED: Authenticator = {
  name: 'fixed',
  authenticate: () => ({ kind: 'authenticated', principal: buildPrincipal() }),
};
const BLIND: Authenticator = {
  name: 'fixed',
  authenticate: () => ({ kind: 'unavailable', dependency: 'database' }),
};

/** Asks at the path of a dialect about a request to a route that doctors may read, and one that only administrators may. */
async function askDialect(
  path: string,
  question: {
    readonly method?: string;
    readonly target?: string;
    readonly credential?: readonly string[];
    readonly authenticator?: Authenticator;
    readonly peerAddress?: string;
  },
) {
  const routes = createRouteTable([
    buildRoute('/records/:id', {
      id: 'records',
      methods: new Set(['GET']),
      access: allow({ roles: ['doctor'] }),
    }),
    buildRoute('/accounts/:id', { id: 'accounts', access: allow({ roles: ['admin'] }) }),
  ]);
  const trustedProxies = createTrustedProxies(['10.0.0.1/32']);
  if (!routes.ok || !trustedProxies.ok) throw new Error('the scene is wrong');
  const gateway = createGateway({
    routes: routes.value,
    trustedProxies: trustedProxies.value,
    authenticators: [question.authenticator ?? AUTHENTICATED],
    extraction: { kinds: new Set(CREDENTIAL_KINDS), sessionCookieName: 'wardgate_session' },
    trustedOrigins: new Set(),
    standing: everybodyStands,
    assertedHeaders: () => refused('core'),
  });
  const { document, check } = await described;
  const [method, target] = document.paths[path]?.get?.parameters ?? [];
  const handling = await gateway.handle({
    method: 'GET',
    target: path,
    headers: [
      ...['Host', 'gateway.example'],
      ...(question.method === undefined ? [] : [method?.name ?? '', question.method]),
      ...[target?.name ?? '', question.target ?? '/records/r-1'],
      ...(question.credential ?? ['Authorization', 'Bearer t.o.k']),
    ],
    peerAddress: question.peerAddress ?? '10.0.0.1',
    encrypted: false,
    requestId: 'req_1',
  });
  if (handling.kind !== 'answer') throw new Error('it was not answered');
  await check('GET', path, answerResponse(handling.answer));
  return handling.answer.status;
}

describe('the contract of the edge', () => {
  it('holds every path that a process answers besides the core, but for the page of development', async () => {
    const outbox = createOutboxApp(createOutbox({ address: '', clock: () => 0, log: silentLog }));
    const operations = createOperationsApp({
      readiness: readinessOf('ready'),
      metrics: undefined,
      metricsToken: undefined,
    });
    const served = [...operations.routes, ...outbox.routes]
      .filter(({ method, path }) => method === 'GET' && !path.includes('*'))
      .map(({ path }) => path);
    // Shown to this machine alone, and never in production.
    const wanted = new Set([...served, ...DIALECTS.map(({ path }) => path)]).difference(
      new Set([OUTBOX_PATH]),
    );
    expect(Object.keys(edgeContract({ hasEdge: true }).paths).sort()).toEqual([...wanted].sort());
    expect(Object.keys(edgeContract({ hasEdge: false }).paths)).toEqual(['/health', '/ready', '/metrics']);
  });

  it('stands in the whole contract, under names, groups and credentials that are explained there', async () => {
    const { document } = await described;
    const operations = listOperations(document);
    const names = operations.map(({ operation }) => operation.operationId);
    expect(names).toContain('getHealth');
    expect(names).toContain('decideNginx');
    expect(new Set(names).size).toBe(names.length);
    const credentials = Object.keys(document.components.securitySchemes ?? {});
    const groups = document.tags?.map(({ name }) => name);
    for (const { operation } of operations) {
      expect(groups).toContain(operation.tags?.[0]);
      for (const one of operation.security ?? [])
        expect(credentials).toEqual(expect.arrayContaining(Object.keys(one)));
    }
  });
});

describe('the operations paths', () => {
  it('answer as documented, whether the dependencies answer or not', async () => {
    expect(await askOperations({}, '/health')).toBe(200);
    expect(await askOperations({}, '/ready')).toBe(200);
    expect(await askOperations({ readiness: readinessOf('degraded') }, '/ready')).toBe(200);
    expect(await askOperations({ readiness: readinessOf('not_ready') }, '/ready')).toBe(503);
    expect(await askOperations({}, '/metrics', 'Bearer a-token')).toBe(200);
    expect(await askOperations({}, '/metrics')).toBe(401);
    expect(await askOperations({}, '/metrics', 'Bearer another')).toBe(401);
    expect(await askOperations({ metricsToken: undefined }, '/metrics', 'Bearer a-token')).toBe(404);
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('answer 405 to %s, with or without the token', async (method) => {
    for (const path of ['/health', '/ready', '/metrics'])
      for (const authorization of [undefined, 'Bearer a-token'])
        expect(await askOperations({}, path, authorization, method)).toBe(405);
  });
});

describe.each(DIALECTS.map(({ path }) => path))('%s', (path) => {
  it('answers as documented, whatever is decided', async () => {
    const method = 'GET';
    const twice = ['Authorization', 'Bearer t.o.k', 'Authorization', 'Bearer t.o.k'];
    expect(await askDialect(path, { method })).toBe(200);
    expect(await askDialect(path, {})).toBe(400);
    expect(await askDialect(path, { method, credential: twice })).toBe(400);
    expect(await askDialect(path, { method, credential: [] })).toBe(401);
    expect(await askDialect(path, { method, target: '/accounts/1' })).toBe(403);
    expect(await askDialect(path, { method, peerAddress: '192.0.2.7' })).toBe(403);
    expect(await askDialect(path, { method, target: '/nowhere' })).toBe(404);
    expect(await askDialect(path, { method: 'DELETE' })).toBe(405);
    expect(await askDialect(path, { method, authenticator: BLIND })).toBe(503);
  });
});
