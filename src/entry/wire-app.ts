import type { CoreApp } from '../core/http/core-env.ts';
import type { App } from '../gateway/app.ts';
import { createOperationsApp, type OperationsDeps } from '../gateway/operations/operations-app.ts';

const OPERATIONS_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/** Joins the operations paths with the core's; without a core, in role `gateway`, the core's paths are 404. */
export function wireApp(operations: OperationsDeps, core: CoreApp | undefined): App {
  const operationsApp = createOperationsApp(operations);
  return (request, facts) =>
    core === undefined || OPERATIONS_PATHS.has(new URL(request.url).pathname)
      ? operationsApp.fetch(request, facts)
      : core.fetch(request, facts);
}
