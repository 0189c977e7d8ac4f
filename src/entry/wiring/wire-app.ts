import type { CoreApp } from '../../core/http/core-env.ts';
import { OUTBOX_PATH } from '../../core/http/pages/outbox-app.ts';
import type { App } from '../../gateway/app.ts';
import { createOperationsApp, type OperationsDeps } from '../../gateway/operations/operations-app.ts';

const OPERATIONS_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/**
 * Joins the operations paths with the core's, and with the outbox where there is one; without a core, in role `gateway`, the core's paths are 404.
 */
export function wireApp(operations: OperationsDeps, core: CoreApp | undefined, outbox?: App): App {
  const operationsApp = createOperationsApp(operations);
  return (request, facts) => {
    const { pathname } = new URL(request.url);
    if (outbox !== undefined && pathname === OUTBOX_PATH) return outbox(request, facts);
    return core === undefined || OPERATIONS_PATHS.has(pathname)
      ? operationsApp.fetch(request, facts)
      : core.fetch(request, facts);
  };
}
