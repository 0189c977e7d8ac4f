import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { equalSecrets } from '../lib/equal-secrets.ts';
import { problemAnswer } from '../lib/problem.ts';
import { answerResponse } from './answer.ts';
import { denialAnswer } from './denial.ts';

/** What readiness found. */
export interface Readiness {
  /** `degraded`: something does not answer, and requests are decided rightly all the same. */
  readonly status: 'ready' | 'degraded' | 'not_ready';
  /** Each dependency by name, and whether it answers. */
  readonly dependencies: Readonly<Record<string, boolean>>;
}

/** The app; `env` names the request in problem documents. */
export type OperationsApp = Hono<{ Bindings: { readonly requestId: string } }>;

/** What the operations app needs. */
export interface OperationsDeps {
  /** Asks the dependencies; a dependency that does not answer is `false`, never an exception. */
  readonly readiness: () => Promise<Readiness>;
  /** The metrics in Prometheus' text format; `undefined` where this runtime keeps none. */
  readonly metrics: (() => Promise<{ readonly contentType: string; readonly text: string }>) | undefined;
  /** Without a token nobody may read the metrics. */
  readonly metricsToken: string | undefined;
}

/**
 * Creates the app behind `/health` (200 while the process can answer), `/ready` (200 with each dependency, 503 when requests cannot be decided) and
 * `/metrics` (bearer `METRICS_TOKEN`, else 401; 404 where none is configured). Other methods are 405, and whatever else gets here is 404.
 */
export function createOperationsApp(deps: OperationsDeps): OperationsApp {
  const app: OperationsApp = new Hono();
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (context, methods) =>
        answerResponse(
          denialAnswer(
            { kind: 'deny', because: 'method_not_allowed', allowedMethods: methods },
            context.env.requestId,
          ),
        ),
    }),
  );
  app.get('/health', (context) => context.json({ status: 'ok' }, 200, NO_STORE));
  app.get('/ready', async (context) => {
    const { status, dependencies } = await deps.readiness();
    const body = { status, dependencies };
    return status === 'not_ready'
      ? context.json(body, 503, { ...NO_STORE, 'Retry-After': '5' })
      : context.json(body, 200, NO_STORE);
  });
  app.get('/metrics', async (context) => {
    if (deps.metrics === undefined || deps.metricsToken === undefined) return notFound(context.env.requestId);
    if (!(await equalSecrets(context.req.header('authorization') ?? '', `Bearer ${deps.metricsToken}`)))
      return answerResponse(problemAnswer({ ...METRICS_UNAUTHORIZED, requestId: context.env.requestId }));
    const { contentType, text } = await deps.metrics();
    return new Response(text, { headers: { 'Content-Type': contentType, ...NO_STORE } });
  });
  app.notFound((context) => notFound(context.env.requestId));
  return app;
}

function notFound(requestId: string): Response {
  return answerResponse(
    problemAnswer({ status: 404, code: 'not_found', title: 'There is nothing here', requestId }),
  );
}

const NO_STORE = { 'Cache-Control': 'no-store' };
const METRICS_UNAUTHORIZED = {
  status: 401,
  code: 'credential_missing',
  title: 'The metrics need METRICS_TOKEN as a bearer token',
  headers: ['WWW-Authenticate', 'Bearer'],
};
