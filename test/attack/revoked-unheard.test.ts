import { expect, it } from 'vitest';
import { createCores } from '../../src/adapters/http/cores.ts';
import { createHttpMachineLookup } from '../../src/adapters/http/machine-lookup-http.ts';
import { createHttpSessionLookup } from '../../src/adapters/http/session-lookup-http.ts';
import { parsePolicyFile } from '../../src/config/policy-file.ts';
import { nodeEdgeParts } from '../../src/entry/wiring/node-edge-parts.ts';
import { wireGateway } from '../../src/entry/wiring/wire-gateway.ts';
import { createFetchTransport } from '../../src/gateway/fetch-transport.ts';
import { createRevocationFeed } from '../../src/gateway/revocation/revocation-feed.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type CoreUnderTest, INTERNAL_CLIENT, startCoreApp } from '../support/core/core-app.ts';
import {
  addSecretClient,
  basic,
  sendForm,
  TOKEN_EXCHANGE,
  TOKEN_TYPE,
} from '../support/oauth/client-requests.ts';
import { assertionSigner } from '../support/tokens/assertions.ts';

const PUBLIC_URL = 'https://gate.test';
const ALLOW = 'allow: [{ roles: [exporter, doctor] }]';
const POLICY = `
version: 1
credentials: [bearer]
issuers: [{ id: wardgate, audience: clinic }]
upstreams:
  records: { url: 'http://records.test' }
  alerts: { url: 'http://alerts.test' }
routes:
  - { id: records, path: /records/**, upstream: records, ${ALLOW} }
  - { id: live-records, path: /live/records/**, upstream: records, live: true, ${ALLOW} }
  - { id: alerts, path: /alerts/**, upstream: alerts, ${ALLOW} }
  - { id: live-alerts, path: /live/alerts/**, upstream: alerts, live: true, ${ALLOW} }
`;

/** A gateway apart from its core, which hears of revocations what `hear` reads from the log, and asks over HTTP. */
function startGateway({ core, app, clock, stores }: CoreUnderTest) {
  const policy = parsePolicyFile(POLICY, { publicUrl: PUBLIC_URL });
  if (!policy.ok) throw new Error(JSON.stringify(policy.reason));
  const now = clock.now;
  const feed = createRevocationFeed({
    clock: now,
    elapsed: now,
    rememberSeconds: 960,
    graceMs: () => 60_000,
    log: silentLog,
  });
  const cores = createCores(['https://core.test'], INTERNAL_CLIENT);
  const facts = { requestId: 'req-1', clientAddress: undefined };
  const asking: { fetch: typeof fetch } = {
    fetch: async (url, init) => app.fetch(new Request(url, init), facts),
  };
  const { gateway } = wireGateway(policy.value, {
    ...nodeEdgeParts,
    clock: now,
    publicUrl: PUBLIC_URL,
    keySetClients: new Map(),
    coreKeySet: async () => ({ keys: [...(await core.keySet()).keys], maxAgeSeconds: undefined }),
    sessions: createHttpSessionLookup(cores, asking),
    machines: createHttpMachineLookup(cores, asking),
    revocations: feed,
    assertionSigner,
    log: silentLog,
  });
  const serve = createFetchTransport({
    gateway,
    app: () => new Response(null, { status: 404 }),
    fetch: async () => new Response('served'),
    streams: { add: () => () => {} },
    joinWebSockets: () => {
      throw new Error('there are no WebSockets in memory');
    },
    observer: { observe() {} },
    log: silentLog,
    clock: now,
  });
  const hear = async () => feed.take(await stores.revocationLog.read(undefined));
  const status = async (path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}`, host: 'gate.test' };
    const request = new Request(`${PUBLIC_URL}${path}`, { headers });
    return (await serve(request, { requestId: 'req_1', peerAddress: '198.51.100.7' })).status;
  };
  return { hear, status };
}

async function start() {
  const under = await startCoreApp();
  const gateway = startGateway(under);
  await gateway.hear();
  const register = (names: Parameters<typeof addSecretClient>[1]) => addSecretClient(under, names);
  const post = async (client: { id: string; secret: string }, form: Record<string, string>, path?: string) =>
    sendForm(under, form, basic(client.id, client.secret), path);
  const tokenOf = async (client: { id: string; secret: string }, form: Record<string, string>) =>
    (await (await post(client, form)).json()).access_token as string;
  const exchange = (client: { id: string; secret: string }, subject_token: string, audience: string) =>
    tokenOf(client, {
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: `${TOKEN_TYPE}access_token`,
      subject_token,
      audience,
    });
  const revoke = async (client: { id: string; secret: string }, token: string) =>
    expect((await post(client, { token }, '/oauth/revoke')).status).toBe(200);
  return { ...under, ...gateway, register, tokenOf, exchange, revoke };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Takes access away while the gateway hears nothing: what is gone is refused at once on the live route, and on the other once the silence is noticed. */
async function expectGone(
  { clock, status }: Pick<Started, 'clock' | 'status'>,
  tokens: { readonly gone: string; readonly other: string; readonly path: string },
  takeAway: () => Promise<unknown>,
): Promise<void> {
  const { gone, other, path } = tokens;
  const answers = async (where: string) => [await status(where, gone), await status(where, other)];
  expect([await answers(`/live${path}`), await answers(path)]).toEqual([
    [200, 200],
    [200, 200],
  ]);
  await takeAway();
  expect(await answers(`/live${path}`)).toEqual([401, 200]);
  expect(await answers(path)).toEqual([200, 200]);
  clock.advanceSeconds(10.001);
  expect(await answers(path)).toEqual([401, 200]);
  expect((await answers(path)).reverse()).toEqual([200, 401]);
}

it('attack 42: a program’s token that is revoked alone while the stream is cut is refused, and its others are not', async () => {
  const under = await start();
  const client = await under.register({ roles: ['exporter'] });
  const own = () => under.tokenOf(client, { grant_type: 'client_credentials' });
  const tokens = { gone: await own(), other: await own(), path: '/records/x' };
  await expectGone(under, tokens, () => under.revoke(client, tokens.gone));
});

it('attack 42: an exchanged token that is revoked alone while the stream is cut is refused, and the others of its session are not', async () => {
  const under = await start();
  const { accessToken } = await under.logIn('doctor');
  const patients = await under.register({ audience: 'patients', audiences: ['alerts'] });
  const forAlerts = () => under.exchange(patients, accessToken, 'alerts');
  const tokens = { gone: await forAlerts(), other: await forAlerts(), path: '/alerts/x' };
  await expectGone(under, tokens, () => under.revoke(patients, tokens.gone));
  expect(await under.status('/records/x', accessToken)).toBe(200);
});

/** A doctor's two tokens for alerts: one that came through a service of patients and then one of letters, and one that the latter got by itself. */
async function startChain() {
  const under = await start();
  const { accessToken } = await under.logIn('doctor');
  const patients = await under.register({ audience: 'patients', audiences: ['letters'] });
  const letters = await under.register({ audience: 'letters', audiences: ['alerts'] });
  const forLetters = await under.exchange(patients, accessToken, 'letters');
  const gone = await under.exchange(letters, forLetters, 'alerts');
  const other = await under.exchange(letters, accessToken, 'alerts');
  return { under, patients, tokens: { gone, other, path: '/alerts/x' } };
}

it('attack 42: a token that came through a service that is disabled while the stream is cut is refused', async () => {
  const { under, patients, tokens } = await startChain();
  await expectGone(under, tokens, () => under.stores.clients.change(patients.id, { disabled: true }));
});

it('attack 42: a token that came through a service that is gone is refused as soon as that is heard, however often it was served', async () => {
  const { under, patients, tokens } = await startChain();
  const answers = async () => [
    await under.status(tokens.path, tokens.gone),
    await under.status(tokens.path, tokens.other),
  ];
  for (let round = 0; round < 3; round += 1) expect(await answers()).toEqual([200, 200]);
  await under.stores.clients.remove(patients.id);
  await under.hear();
  expect(await answers()).toEqual([401, 200]);
});
