import { Hono } from 'hono';
import { problemAnswer } from '../../lib/problem.ts';
import { answerResponse } from '../answer.ts';

/** What readiness found: each dependency by name, and whether it answers. */
export type Readiness = Readonly<Record<string, boolean>>;

/** What the operations app needs. */
export interface OperationsDeps {
  /** Asks the dependencies; a dependency that does not answer is `false`, never an exception. */
  readonly readiness: () => Promise<Readiness>;
  /** The metrics in Prometheus' text format; `undefined` where this runtime keeps none. */
  readonly metrics: (() => Promise<{ readonly contentType: string; readonly text: string }>) | undefined;
  /** Without a token nobody may read the metrics. */
  readonly metricsToken: string | undefined;
  readonly createRequestId: () => string;
}

/**
 * Creates the app behind `/health` (200 while the process can answer), `/ready` (200 with each dependency, 503 when one does not answer) and
 * `/metrics` (bearer `METRICS_TOKEN`, else 401; 404 where none is configured). Whatever else gets here is 404.
 */
export function createOperationsApp(deps: OperationsDeps): Hono {
  const app = new Hono();
  app.get('/health', (context) => context.json({ status: 'ok' }, 200, NO_STORE));
  app.get('/ready', async (context) => {
    const readiness = await deps.readiness();
    const isReady = Object.values(readiness).every(Boolean);
    const body = { status: isReady ? 'ready' : 'not_ready', dependencies: readiness };
    return context.json(body, isReady ? 200 : 503, isReady ? NO_STORE : { ...NO_STORE, 'Retry-After': '5' });
  });
  app.get('/metrics', async (context) => {
    if (deps.metrics === undefined || deps.metricsToken === undefined)
      return notFound(deps.createRequestId());
    if (!(await isSameText(context.req.header('authorization') ?? '', `Bearer ${deps.metricsToken}`)))
      return problem(
        401,
        'credential_missing',
        'The metrics need METRICS_TOKEN as a bearer token',
        deps,
        BEARER,
      );
    const { contentType, text } = await deps.metrics();
    return new Response(text, { headers: { 'Content-Type': contentType, ...NO_STORE } });
  });
  app.notFound(() => notFound(deps.createRequestId()));
  return app;

  function notFound(requestId: string): Response {
    return answerResponse(
      problemAnswer({ status: 404, code: 'not_found', title: 'There is nothing here', requestId }),
    );
  }
}

const NO_STORE = { 'Cache-Control': 'no-store' };
const BEARER = ['WWW-Authenticate', 'Bearer'];

function problem(
  status: number,
  code: string,
  title: string,
  deps: OperationsDeps,
  headers: string[],
): Response {
  return answerResponse(problemAnswer({ status, code, title, requestId: deps.createRequestId(), headers }));
}

/** Compares digests, so that the time taken tells nothing about where two texts differ. */
async function isSameText(left: string, right: string): Promise<boolean> {
  const [leftDigest, rightDigest] = await Promise.all([left, right].map(digest));
  return leftDigest === rightDigest;
}

async function digest(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toHex();
}
