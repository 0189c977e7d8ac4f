import { waitUntil } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import policyText from '../../gateway-config/gateway.yaml';
import { createHttpAssertionSigner } from '../adapters/http/assertion-signer-http.ts';
import { createCoreKeySetSource } from '../adapters/http/core-key-set.ts';
import { type Cores, createCores } from '../adapters/http/cores.ts';
import { createHttpMachineLookup } from '../adapters/http/machine-lookup-http.ts';
import { createHttpRevocationPoll } from '../adapters/http/revocation-poll.ts';
import { createHttpSessionLookup } from '../adapters/http/session-lookup-http.ts';
import { formatConfigProblem } from '../config/config-problem.ts';
import { type Environment, parseEnvironment } from '../config/environment.ts';
import { parsePolicyFile } from '../config/policy-file.ts';
import { answerResponse } from '../gateway/answer.ts';
import { createWebCryptoVerifier } from '../gateway/authenticators/web-crypto-verifier.ts';
import { createFetchTransport, type FetchFacts } from '../gateway/fetch-transport.ts';
import type { GatewayPolicy } from '../gateway/policy/policy.ts';
import type { RevocationFeed } from '../gateway/revocation/revocation-feed.ts';
import { createRevocationPolling } from '../gateway/revocation/revocation-polling.ts';
import type { OpenStreams } from '../gateway/streams/open-streams.ts';
import { createPolledStreams } from '../gateway/streams/polled-streams.ts';
import { problemAnswer } from '../lib/problem.ts';
import type { Soon } from '../lib/soon.ts';
import { systemTimer } from '../lib/system-timer.ts';
import { findEdgeReadiness } from './edge-readiness.ts';
import { createRequestIds } from './request-ids.ts';
import { wireApp } from './wiring/wire-app.ts';
import { type Edge, wireGateway } from './wiring/wire-gateway.ts';
import { wireRevocationFeed } from './wiring/wire-revocation-feed.ts';
import { workerLog, workerObserver } from './worker/worker-log.ts';
import { joinWorkerWebSockets } from './worker/worker-web-sockets.ts';

const MISCONFIGURED = { status: 500, code: 'internal_error', title: 'The gateway is not configured.' };

/** The Worker's bindings: the same variables that a process of role `gateway` reads. */
type Bindings = Readonly<Record<string, unknown>>;
type Serve = (request: Request, facts: FetchFacts) => Promise<Response>;

let serve: Serve | undefined;
let createRequestId: (() => string) | undefined;

/**
 * The Worker: role `gateway` on Cloudflare Workers, with the policy file that it was bundled with. Each stream that is
 * open asks once a second whether it may go on. Does NOT break off other bodies under way.
 */
export default {
  /** Answers one request. The edge is wired at the first one, because bindings are not there before, and kept for the isolate's life. */
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    createRequestId ??= createRequestIds();
    try {
      serve ??= wireWorker(bindings);
    } catch (error) {
      // What is wrong is for the log; the runtime's own answer would show a stack to the client.
      workerLog.error('the Worker is not configured', {
        problems: error instanceof Error ? error.message : '',
      });
      return answerResponse(problemAnswer({ ...MISCONFIGURED, requestId: createRequestId() }));
    }
    // Set by Cloudflare, which replaces a client's own; `wrangler dev` does not, and is no place to be reached by others.
    const peerAddress = request.headers.get('cf-connecting-ip') ?? undefined;
    return serve(request, { requestId: createRequestId(), peerAddress });
  },
};

function wireWorker(bindings: Bindings): Serve {
  const { environment, policy } = readConfiguration(bindings);
  const { coreUrls, client, publicUrl } = environment;
  if (client === undefined) throw new Error('role gateway needs a core');
  const cores = createCores(coreUrls, client);
  const graceMs = () => policy.revocationGraceMs;
  const revocations = wireRevocationFeed({ clock: Date.now, graceMs, log: workerLog });
  const edge = wireGateway(policy, {
    publicUrl,
    coreKeySet: createCoreKeySetSource(cores, { fetch }),
    sessions: createHttpSessionLookup(cores, { fetch }),
    machines: createHttpMachineLookup(cores, { fetch }),
    revocations,
    refreshRevocations: pollInto(revocations, cores),
    assertionSigner: createHttpAssertionSigner(cores, { fetch }),
    fingerprint: (text) => createHash('sha256').update(text).digest('base64'),
    verifySignature: createWebCryptoVerifier(),
    fetch,
    clock: Date.now,
    log: workerLog,
    // A fetch that one request began must not end with it: others wait for its answer.
    keySetClients: new Map(),
    keepAlive: waitUntil,
  });
  const readiness = () => findEdgeReadiness(edge, revocations);
  const app = wireApp({ readiness, metrics: undefined, metricsToken: undefined }, undefined);
  return createFetchTransport({
    gateway: edge.gateway,
    app,
    fetch,
    streams: watchStreams(edge, revocations),
    joinWebSockets: joinWorkerWebSockets,
    observer: workerObserver,
    log: workerLog,
    clock: Date.now,
  });
}

/** Keeps a feed up to date by polls, which requests cause: a Worker has no background. */
function pollInto(feed: RevocationFeed, cores: Cores): () => Soon<unknown> {
  const poll = createHttpRevocationPoll(cores, { fetch });
  return createRevocationPolling({ feed, poll, clock: Date.now, log: workerLog, keepAlive: waitUntil });
}

/** Watches the streams that are open, each in the time of its own request. */
function watchStreams({ standing }: Edge, feed: RevocationFeed): Pick<OpenStreams, 'add'> {
  return createPolledStreams({
    feed,
    standing,
    clock: Date.now,
    timer: systemTimer,
    log: workerLog,
  });
}

function readConfiguration(bindings: Bindings): { environment: Environment; policy: GatewayPolicy } {
  const texts = Object.entries(bindings).filter(([, value]) => typeof value === 'string');
  const environment = parseEnvironment({ ...Object.fromEntries(texts), WARDGATE_ROLE: 'gateway' });
  if (!environment.ok)
    throw new Error(environment.reason.map((problem) => formatConfigProblem(problem)).join('\n'));
  const policy = parsePolicyFile(policyText, { publicUrl: environment.value.publicUrl });
  if (!policy.ok)
    throw new Error(policy.reason.map((problem) => formatConfigProblem(problem, 'gateway.yaml')).join('\n'));
  return { environment: environment.value, policy: policy.value };
}
