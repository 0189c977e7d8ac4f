import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Log } from '../../lib/log.ts';
import type { Accounts } from '../accounts/create-accounts.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ReadAuditLog } from '../audit/read-audit-log.ts';
import type { ExchangeToken } from '../exchange/exchange-token.ts';
import type { AdministerKeys } from '../keys/administer-keys.ts';
import type { PublicKeySet } from '../keys/public-key-set.ts';
import type { Machines } from '../machines/create-machines.ts';
import type { RevokeToken } from '../revocation/revoke-token.ts';
import type { ActiveSessions } from '../sessions/active-sessions.ts';
import type { EndSession } from '../sessions/end-session.ts';
import type { LogIn } from '../sessions/log-in.ts';
import type { Refresh } from '../sessions/refresh.ts';
import type { SessionLimits } from '../sessions/session-limits.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { IdentityAssertions } from '../tokens/identity-assertions.ts';
import type { RoleScopes } from '../tokens/role-scopes.ts';
import type { AdministerUsers } from '../users/administer-users.ts';
import type { UserStore } from '../users/user-store.ts';
import { addAccountRoutes } from './accounts/account-routes.ts';
import { addAuditRoutes } from './audit/audit-routes.ts';
import type { CallerAuthentication } from './caller-authentication.ts';
import { addClientRoutes } from './clients/client-routes.ts';
import type { CoreApp, CoreEnv } from './core-env.ts';
import type { ProductFacts } from './docs/build-contract.ts';
import { addDocsRoutes } from './docs/docs-routes.ts';
import { failureCode } from './failure-code.ts';
import { addGatewayRoutes } from './gateways/gateway-routes.ts';
import type { InternalClient } from './gateways/require-internal-client.ts';
import type { RevocationsRouteOptions } from './gateways/revocations-route.ts';
import { addKeySetRoute } from './keys/key-set-route.ts';
import { addSigningKeyRoutes } from './keys/signing-key-routes.ts';
import { addApiKeyRoutes } from './machines/api-key-routes.ts';
import type { AnswerIntrospection } from './oauth/answer-introspection.ts';
import { addOAuthRoutes } from './oauth/oauth-routes.ts';
import { refusalResponse } from './oauth/refusal-response.ts';
import { type ProblemCode, problemResponse } from './problem-response.ts';
import { createRecordRefusals } from './record-refusals.ts';
import { createRequireCaller } from './require-caller.ts';
import { addLogInRoute } from './sessions/log-in-route.ts';
import { addRefreshRoute } from './sessions/refresh-route.ts';
import { addSelfServiceRoutes } from './sessions/self-service-routes.ts';
import { createSessionCookies } from './sessions/session-cookies.ts';
import { addUserAdministrationRoutes } from './users/user-administration-routes.ts';

/** What the core's HTTP side works by. */
export interface CoreAppOptions extends RevocationsRouteOptions {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly callers: CallerAuthentication;
  readonly activeSessions: ActiveSessions;
  readonly assertions: IdentityAssertions;
  readonly logIn: LogIn;
  readonly refresh: Refresh;
  readonly revokeToken: RevokeToken;
  readonly endSession: EndSession;
  readonly machines: Machines;
  readonly exchangeToken: ExchangeToken;
  readonly answerIntrospection: AnswerIntrospection;
  readonly accounts: Accounts;
  readonly administerUsers: AdministerUsers;
  readonly readAuditLog: ReadAuditLog;
  readonly audit: AuditLog;
  readonly keySet: () => Promise<PublicKeySet>;
  readonly administerKeys: AdministerKeys;
  readonly about: ProductFacts;
  readonly publicUrl: string;
  /** Origins whose pages may use cookie credentials; holds the public URL's own. */
  readonly trustedOrigins: ReadonlySet<string>;
  readonly limits: SessionLimits;
  readonly roleScopes: RoleScopes;
  /** Without it `/internal/*` does not exist. */
  readonly internalClient?: InternalClient;
  readonly log: Log;
}

// A log-in is a few hundred bytes; nothing that the core takes is much larger.
const BODY_BYTES_MAX = 16 * 1024;

/**
 * Creates the core as an app: log in, self service, the key set and what gateways ask. Every refusal is a problem document (RFC 9457) and,
 * but for the key set, nothing may be cached. Does NOT limit requests that neither guess nor cost, and does NOT know the runtime: `app.fetch(request, { requestId, clientAddress })`.
 */
export function createCoreApp(options: CoreAppOptions): CoreApp {
  const { callers, users, sessions, trustedOrigins, endSession, limits, log } = options;
  const app: CoreApp = new OpenAPIHono<CoreEnv>({
    // Which member was wrong is not said: the validator's words may quote the request.
    defaultHook: (result, c) => (result.success ? undefined : problemResponse(c, 'invalid_request')),
  });
  const cookies = createSessionCookies(options);
  const requireCaller = createRequireCaller({
    callers,
    users,
    sessions,
    limits,
    trustedOrigins,
    endSession,
  });

  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
  app.use(createRecordRefusals(options.audit));
  app.use(methodNotAllowed({ app, onMethodNotAllowed }));
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => refusalResponse(c, 'payload_too_large') }));
  addLogInRoute(app, { ...options, cookies });
  addRefreshRoute(app, { refresh: options.refresh, cookies, trustedOrigins });
  addSelfServiceRoutes(app, { requireCaller, sessions, limits, endSession, cookies, trustedOrigins });
  addAccountRoutes(app, { accounts: options.accounts, requireCaller });
  addUserAdministrationRoutes(app, { ...options, requireCaller });
  addAuditRoutes(app, { ...options, requireCaller });
  addApiKeyRoutes(app, { machines: options.machines, requireCaller });
  addClientRoutes(app, { machines: options.machines, requireCaller });
  addOAuthRoutes(app, options);
  addKeySetRoute(app, options.keySet);
  addSigningKeyRoutes(app, { ...options, requireCaller });
  addDocsRoutes(app, options);
  if (options.internalClient !== undefined) {
    const { machines, internalClient: client } = options;
    addGatewayRoutes(app, { ...options, client, activeMachines: machines.activeMachines });
  }
  app.notFound((c) => problemResponse(c, 'not_found'));
  app.onError((error, c) => answerError(error, c, log));
  return app;
}

function onMethodNotAllowed(c: Context, methods: string[]): Response {
  return problemResponse(c, 'method_not_allowed', { Allow: methods.join(', ') });
}

function answerError(error: Error, c: Context<CoreEnv>, log: Log): Response {
  const code = error instanceof HTTPException ? codeOf(error) : undefined;
  if (code !== undefined) return problemResponse(c, code);
  return refusalResponse(c, failureCode(error, c.env.requestId, log));
}

/** What the framework's own refusals are called here. */
function codeOf(error: HTTPException): ProblemCode | undefined {
  if (error.status === 400) return 'invalid_request';
  if (error.status === 413) return 'payload_too_large';
  return error.status === 415 ? 'unsupported_media_type' : undefined;
}
