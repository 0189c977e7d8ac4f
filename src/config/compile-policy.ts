import type { CoreSettings } from '../core/core-settings.ts';
import type { GatewayPolicy, IssuerPolicy, Route, Rule, Upstream } from '../gateway/policy/policy.ts';
import { parseRoutePattern } from '../gateway/routes/route-pattern.ts';
import { ACCESS_TOKEN_TYPE } from '../identity/access-token-claims.ts';
import { CORE_ISSUER_ID } from '../identity/principal.ts';
import { parseDurationMs } from '../lib/durations.ts';
import type { Result } from '../lib/result.ts';
import { compileCoreSettings, ISSUED_ALGORITHMS } from './core-settings-schema.ts';
import { parseOperand } from './operand.ts';
import type { IssuerEntry, PolicyFile, RouteEntry, RuleEntry } from './policy-schema.ts';

const OWN_ROLES = { claimPath: ['roles'], map: undefined };
const FOREIGN_TYPES = ['JWT', ACCESS_TOKEN_TYPE, 'missing'];

/** The whole policy file, parsed: what the gateway works by, and what the core does. */
export interface Policy extends GatewayPolicy {
  readonly core: CoreSettings;
}

/**
 * Turns a checked policy file into the policy that gateway and core work by. Does NOT check: what it cannot turn is a bug, and thrown.
 */
export function compilePolicy(file: PolicyFile, publicUrl: string): Policy {
  const upstreams = new Map(
    Object.entries(file.upstreams).map(([id, entry]) => [id, compileUpstream(id, entry)] as const),
  );
  return {
    trustedProxies: file.trusted_proxies,
    credentials: file.credentials,
    trustedOrigins: file.trusted_origins,
    issuers: file.issuers.map((entry) => compileIssuer(entry, publicUrl, [...upstreams.values()])),
    upstreams: [...upstreams.values()],
    routes: file.routes.map((entry) => compileRoute(entry, present(upstreams.get(entry.upstream)))),
    roleScopes: new Map(Object.entries(file.role_scopes)),
    revocationGraceMs: present(parseDurationMs(file.revocation.grace)),
    core: compileCoreSettings(file),
  };
}

function compileIssuer(entry: IssuerEntry, publicUrl: string, upstreams: readonly Upstream[]): IssuerPolicy {
  const { id, audience } = entry;
  if (id === CORE_ISSUER_ID) {
    const algorithms = entry.algorithms ?? ISSUED_ALGORITHMS;
    return {
      id,
      issuer: publicUrl,
      audience,
      narrowAudiences: new Set(upstreams.map((upstream) => upstream.audience)),
      algorithms,
      types: [ACCESS_TOKEN_TYPE],
      roles: OWN_ROLES,
      keys: { kind: 'core' },
    };
  }
  return {
    id,
    issuer: present(entry.issuer),
    audience,
    narrowAudiences: new Set(),
    algorithms: entry.algorithms ?? ['RS256'],
    types: (entry.types ?? FOREIGN_TYPES).map((type) =>
      type === 'missing' ? undefined : type.toLowerCase().replace(/^application\//, ''),
    ),
    roles: compileRoles(entry.roles),
    keys: entry.jwks_uri === undefined ? { kind: 'discovery' } : { kind: 'jwks_uri', uri: entry.jwks_uri },
  };
}

function compileRoles(roles: IssuerEntry['roles']): IssuerPolicy['roles'] {
  if (roles === undefined) return OWN_ROLES;
  return {
    claimPath: typeof roles.claim === 'string' ? roles.claim.split('.') : roles.claim,
    map: roles.map === undefined ? undefined : new Map(Object.entries(roles.map)),
  };
}

function compileUpstream(id: string, entry: PolicyFile['upstreams'][string]): Upstream {
  const url = new URL(entry.url);
  return {
    id,
    origin: url.origin,
    audience: entry.audience ?? id,
    basePath: url.pathname.replace(/\/+$/, ''),
    connectTimeoutMs: present(parseDurationMs(entry.connect_timeout)),
    headersTimeoutMs: present(parseDurationMs(entry.timeout)),
    idleTimeoutMs: present(parseDurationMs(entry.idle_timeout)),
  };
}

function compileRoute(entry: RouteEntry, upstream: Upstream): Route {
  return {
    id: entry.id,
    pattern: unwrap(parseRoutePattern(entry.path)),
    methods: entry.methods === undefined ? undefined : new Set(entry.methods),
    upstream,
    access:
      entry.access === 'public'
        ? { kind: 'public' }
        : { kind: 'rules', rules: (entry.allow ?? []).map(compileRule) },
    live: entry.live,
    forwardCredential: entry.forward_credential,
    assertion: entry.assertion,
    outlivesToken: entry.outlive_token,
  };
}

function compileRule(entry: RuleEntry): Rule {
  return {
    roles: entry.roles,
    scopes: entry.scopes,
    where: Object.entries(entry.where ?? {}).map(([left, right]) => ({
      left: unwrap(parseOperand(left)),
      right: unwrap(parseOperand(right)),
    })),
  };
}

function unwrap<Value>(result: Result<Value, string>): Value {
  if (!result.ok) throw new Error(`a checked policy file does not compile: ${result.reason}`);
  return result.value;
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a checked policy file does not compile: a part is missing');
  return value;
}
