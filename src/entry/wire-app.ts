import type { CoreApp } from '../core/http/core-env.ts';
import { createOperationsApp, type OperationsDeps } from '../gateway/operations/operations-app.ts';

/** What the runtime tells the app of a request. */
export interface AppFacts {
  readonly requestId: string;
  readonly clientAddress: string | undefined;
}

/** The app behind Wardgate's own paths. */
export type App = (request: Request, facts: AppFacts) => Response | Promise<Response>;

const OPERATIONS_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/** Joins the operations paths with the core's; without a core, in role `gateway`, the core's paths are 404. */
export function wireApp(operations: OperationsDeps, core: CoreApp | undefined): App {
  const operationsApp = createOperationsApp(operations);
  return (request, facts) =>
    core === undefined || OPERATIONS_PATHS.has(new URL(request.url).pathname)
      ? operationsApp.fetch(request, facts)
      : core.fetch(request, facts);
}
