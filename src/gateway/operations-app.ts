import { type Context, Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { equalSecrets } from '../lib/equal-secrets.ts';
import { type Problem, problemAnswer, RETRY_AFTER_SECONDS } from '../lib/problem.ts';
import { answerResponse } from './answer.ts';
import type { AppFacts } from './app.ts';
import { denialAnswer } from './denial.ts';

/** What readiness found. */
export interface Readiness {
  /** `degraded`: something does not answer, and requests are decided rightly all the same. */
  readonly status: 'ready' | 'degraded' | 'not_ready';
  /** Each dependency by name, and whether it answers. */
  readonly dependencies: Readonly<Record<string, boolean>>;
}

/** Hono's environment of the app: what names the request in problem documents, and what is told of refusals. */
interface OperationsEnv {
  Bindings: Pick<AppFacts, 'requestId' | 'refused'>;
}

/** The app: `app.fetch(request, facts)`. */
export type OperationsApp = Hono<OperationsEnv>;

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
      onMethodNotAllowed: ({ env }, methods) => {
        const because = 'method_not_allowed';
        env.refused?.(because);
        return answerResponse(
          denialAnswer({ kind: 'deny', because, allowedMethods: methods }, env.requestId),
        );
      },
    }),
  );
  app.get('/health', (context) => context.json({ status: 'ok' }, 200, NO_STORE));
  app.get('/ready', async (context) => {
    const { status, dependencies } = await deps.readiness();
    const body = { status, dependencies };
    return status === 'not_ready'
      ? context.json(body, 503, { ...NO_STORE, 'Retry-After': String(RETRY_AFTER_SECONDS) })
      : context.json(body, 200, NO_STORE);
  });
  app.get('/metrics', async (context) => {
    if (deps.metrics === undefined || deps.metricsToken === undefined) return refuse(context, NOT_FOUND);
    if (!(await equalSecrets(context.req.header('authorization') ?? '', `Bearer ${deps.metricsToken}`)))
      return refuse(context, METRICS_UNAUTHORIZED);
    const { contentType, text } = await deps.metrics();
    return new Response(text, { headers: { 'Content-Type': contentType, ...NO_STORE } });
  });
  app.notFound((context) => refuse(context, NOT_FOUND));
  return app;
}

function refuse({ env }: Context<OperationsEnv>, problem: Omit<Problem, 'requestId'>): Response {
  env.refused?.(problem.code);
  return answerResponse(problemAnswer({ ...problem, requestId: env.requestId }));
}

const NO_STORE = { 'Cache-Control': 'no-store' };
const NOT_FOUND = { status: 404, code: 'not_found', title: 'There is nothing here' };
const METRICS_UNAUTHORIZED = {
  status: 401,
  code: 'credential_missing',
  title: 'The metrics need METRICS_TOKEN as a bearer token',
  headers: ['WWW-Authenticate', 'Bearer'],
};
