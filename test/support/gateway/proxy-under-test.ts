import { createAppListener } from '../../../src/adapters/node/server/app-listener.ts';
import { createGatewayServer } from '../../../src/adapters/node/server/gateway-server.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../../../src/adapters/node/server/server-limits.ts';
import { createUndiciProxy } from '../../../src/adapters/undici/undici-proxy.ts';
import type { App } from '../../../src/gateway/app.ts';
import type { Gateway, RequestRecord, WireRequest } from '../../../src/gateway/handling.ts';
import type { Route, Upstream } from '../../../src/gateway/policy/policy.ts';
import { planForward } from '../../../src/gateway/proxy/plan-forward.ts';
import type { Bond } from '../../../src/gateway/streams/bond.ts';
import { createOpenStreams, type OpenStreams } from '../../../src/gateway/streams/open-streams.ts';
import type { Timer } from '../../../src/lib/durations.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { problemAnswer } from '../../../src/lib/problem.ts';
import { systemTimer } from '../../../src/lib/system-timer.ts';
import { createSteeredNews, type SteeredNews } from '../revocations/steered-news.ts';

/** A finished request as the observer was told. */
export interface Observed {
  readonly record: RequestRecord;
  readonly status: number;
  readonly durationMs: number;
}

/** The proxy with its server, around a gateway that lets everything pass but paths below `/denied`. */
export interface ProxyUnderTest {
  readonly port: number;
  readonly origin: string;
  readonly observed: readonly Observed[];
  /** Resolves with the n-th finished request. */
  observedNth(n: number): Promise<Observed>;
  /** The register of open streams. */
  readonly streams: OpenStreams;
  /** What it hears. */
  readonly revoke: SteeredNews['revoke'];
  readonly setStale: SteeredNews['setStale'];
  close(): Promise<void>;
}

/** What a test may set. */
export interface ProxySettings extends Partial<Omit<Upstream, 'origin'>> {
  readonly limits?: Partial<ServerLimits>;
  /** Answers what is below `/own`; without it with the body that was sent. */
  readonly app?: App;
  /** What bounds the time that a stream's end may take; the system's where it is left out. */
  readonly timer?: Timer;
  /** Whose each request is; nobody's where it is left out. */
  readonly bondOf?: (request: WireRequest) => Bond | undefined;
}

/** Starts the proxy in front of one upstream; each test sees only the settings that matter to it. */
export async function startProxy(
  upstreamOrigin: string,
  settings: ProxySettings = {},
): Promise<ProxyUnderTest> {
  const { limits, app = echo, bondOf = () => undefined, timer = systemTimer, ...upstreamSettings } = settings;
  const observed: Observed[] = [];
  const waiting = new Set<() => void>();
  const { news, revoke, setStale } = createSteeredNews();
  const streams = createOpenStreams({ news, clock: Date.now, timer: systemTimer, log: silentLog });
  const proxy = createUndiciProxy({ streams, timer, log: silentLog });
  let requests = 0;
  const server = createGatewayServer({
    gateway: fixedGateway(upstreamOrigin, upstreamSettings, bondOf),
    proxy,
    app: createAppListener(app),
    observer: {
      observe(record, status, durationMs) {
        observed.push({ record, status, durationMs });
        for (const check of waiting) check();
      },
    },
    log: silentLog,
    clock: () => performance.now(),
    createRequestId: () => `req-${++requests}`,
    limits: { ...DEFAULT_SERVER_LIMITS, closeGraceMs: 100, ...limits },
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    observed,
    streams,
    revoke,
    setStale,
    observedNth: (n) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = observed[n - 1];
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    async close() {
      streams.endAll();
      await server.close();
      await proxy.close();
    },
  };
}

const echo: App = async (request) => new Response(`app ${await request.text()}`);

function fixedGateway(
  origin: string,
  settings: Partial<Upstream>,
  bondOf: (request: WireRequest) => Bond | undefined,
): Gateway {
  const route = fixedRoute(origin, settings);
  return {
    async handle(request) {
      const [path = '', query] = request.target.split('?');
      const { requestId, method } = request;
      const none = { rejected: undefined, subject: undefined, clientAddress: request.peerAddress };
      const record = {
        requestId,
        mode: 'proxy',
        method,
        path,
        routeId: route.id,
        outcome: 'allow',
        ...none,
      } as const;
      if (path.startsWith('/throws')) throw new Error('a bug');
      if (path.startsWith('/own'))
        return { kind: 'reserved', target: { path, query: '' }, clientAddress: request.peerAddress };
      if (path.startsWith('/denied')) {
        const answer = problemAnswer({ status: 403, code: 'denied', title: 'Denied.', requestId });
        return { kind: 'answer', answer, record };
      }
      const plan = planForward(request, {
        route,
        target: { path, query: query === undefined ? '' : `?${query}` },
        identityHeaders: ['X-User-Id', 'usr_1'],
        peerTrusted: false,
        clientAddress: request.peerAddress,
        bond: bondOf(request),
      });
      if (plan.ok) return { kind: 'forward', plan: plan.value, record };
      const answer = problemAnswer({ status: 400, code: plan.reason, title: 'Bad.', requestId });
      return { kind: 'answer', answer, record };
    },
  };
}

function fixedRoute(origin: string, settings: Partial<Upstream>): Route {
  return {
    id: 'everything',
    pattern: { text: '/**', segments: [], tail: true },
    methods: undefined,
    upstream: {
      id: 'service',
      origin,
      audience: 'patients',
      basePath: '',
      connectTimeoutMs: 5_000,
      headersTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      ...settings,
    },
    access: { kind: 'public' },
    live: false,
    forwardCredential: false,
    outlivesToken: false,
    assertion: false,
  };
}
