import type { CoreApp } from '../../core/http/core-env.ts';
import type { App } from '../../gateway/app.ts';
import { createOperationsApp, type OperationsDeps } from '../../gateway/operations-app.ts';

const OPERATIONS_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/**
 * Joins the operations paths with the core's, and with further ones, each a whole path; without a core, in role `gateway`, the core's paths are 404.
 */
export function wireApp(
  operations: OperationsDeps,
  core: CoreApp | undefined,
  further: ReadonlyMap<string, App> = new Map(),
): App {
  const operationsApp = createOperationsApp(operations);
  return (request, facts) => {
    const { pathname } = new URL(request.url);
    const other = further.get(pathname);
    if (other !== undefined) return other(request, facts);
    return core === undefined || OPERATIONS_PATHS.has(pathname)
      ? operationsApp.fetch(request, facts)
      : core.fetch(request, facts);
  };
}
