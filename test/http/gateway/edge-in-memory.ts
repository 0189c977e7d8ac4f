import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { nodeEdgeParts } from '../../../src/entry/wiring/node-edge-parts.ts';
import { wireGateway } from '../../../src/entry/wiring/wire-gateway.ts';
import type { App } from '../../../src/gateway/app.ts';
import { createFetchTransport } from '../../../src/gateway/fetch-transport.ts';
import type { Gateway, RequestRecord } from '../../../src/gateway/handling.ts';
import type { OpenStreams } from '../../../src/gateway/streams/open-streams.ts';
import { quietRevocations } from '../../support/revocations/quiet-revocations.ts';
import { assertionSigner } from '../../support/tokens/assertions.ts';
import { AUDIENCE, OWN_ISSUER, TOKEN_TIME, testKey } from '../../support/tokens/tokens.ts';

const POLICY = `
version: 1
trusted_proxies: ["192.0.2.1/32"]
credentials: [bearer]
issuers: [{ id: wardgate, audience: ${AUDIENCE} }]
upstreams: { records: { url: 'http://records.test/base', timeout: 20ms } }
routes:
  - { id: records, path: /records/**, methods: [GET, POST], upstream: records, allow: [{ roles: [doctor] }] }
  - { id: public, path: /public/**, upstream: records, access: public }
`;

/** The transport of fetch with everything around it in memory. */
export interface EdgeInMemory {
  ask(target: string, init?: RequestInit): Promise<Response>;
  /** What was sent to the upstream. */
  readonly sent: { readonly url: string; readonly init: RequestInit }[];
  readonly observed: { readonly record: RequestRecord; readonly status: number }[];
  /** Every log line, as JSON. */
  readonly logged: string[];
}

/** Creates it; `upstream` answers what is sent upstream, `gateway` takes the place of the real one, `app` answers our own paths. */
export async function createEdgeInMemory(
  parts: {
    readonly upstream?: typeof fetch;
    readonly gateway?: Gateway;
    readonly app?: App;
    readonly streams?: Pick<OpenStreams, 'add'>;
  } = {},
): Promise<EdgeInMemory> {
  const policy = parsePolicyFile(POLICY, { publicUrl: OWN_ISSUER });
  if (!policy.ok) throw new Error(JSON.stringify(policy.reason));
  const keys = [(await testKey()).publicJwk];
  const sent: EdgeInMemory['sent'][number][] = [];
  const observed: EdgeInMemory['observed'][number][] = [];
  const logged: string[] = [];
  const keep = (message: string, fields?: object) => void logged.push(JSON.stringify({ message, ...fields }));
  const log = { debug() {}, info: keep, warn: keep, error: keep };
  const clock = () => TOKEN_TIME * 1000;
  const { gateway } = wireGateway(policy.value, {
    ...nodeEdgeParts,
    clock,
    publicUrl: OWN_ISSUER,
    keySetClients: new Map(),
    coreKeySet: async () => ({ keys, maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations: quietRevocations(),
    assertionSigner,
    log,
  });
  const serve = createFetchTransport({
    gateway: parts.gateway ?? gateway,
    app: parts.app ?? ((request, { requestId }) => Response.json({ url: request.url, requestId })),
    fetch: (url, init = {}) => {
      sent.push({ url: String(url), init });
      return (parts.upstream ?? (async () => new Response('served')))(url, init);
    },
    streams: parts.streams ?? { add: () => () => {} },
    joinWebSockets: () => {
      throw new Error('there are no WebSockets in memory');
    },
    observer: { observe: (record, status) => void observed.push({ record, status }) },
    log,
    clock,
  });
  const ask = (target: string, init?: RequestInit) => {
    const request = new Request(`https://clinic.test${target}`, init);
    request.headers.set('host', 'clinic.test');
    return serve(request, { requestId: 'req_1', peerAddress: '198.51.100.7' });
  };
  return { ask, sent, observed, logged };
}
