import type {
  Access,
  Condition,
  Operand,
  Route,
  Rule,
  Upstream,
} from '../../../src/gateway/policy/policy.ts';
import { parseRoutePattern } from '../../../src/gateway/routes/route-pattern.ts';
import type { Principal } from '../../../src/identity/principal.ts';

/** An upstream on loopback; shows only what matters. */
export function buildUpstream(overrides: Partial<Upstream> = {}): Upstream {
  return {
    id: 'patients',
    origin: 'http://127.0.0.1:9001',
    audience: overrides.id ?? 'patients',
    basePath: '',
    connectTimeoutMs: 1000,
    headersTimeoutMs: 2000,
    idleTimeoutMs: 2000,
    ...overrides,
  };
}

/** A route for a path as the policy file writes it; public unless `access` says otherwise. */
export function buildRoute(path: string, overrides: Partial<Omit<Route, 'pattern'>> = {}): Route {
  const pattern = parseRoutePattern(path);
  if (!pattern.ok) throw new Error(`${path}: ${pattern.reason}`);
  return {
    id: path,
    pattern: pattern.value,
    methods: undefined,
    upstream: buildUpstream(),
    access: { kind: 'public' },
    live: false,
    forwardCredential: false,
    assertion: false,
    outlivesToken: false,
    ...overrides,
  };
}

/** Access by rules; each shows only what it asks for. */
export function allow(...rules: readonly Partial<Rule>[]): Access {
  return {
    kind: 'rules',
    rules: rules.map((rule) => ({ roles: undefined, scopes: undefined, where: [], ...rule })),
  };
}

/** A condition between two operands as the policy file writes them: `where('path.id', 'claims.patient_id')`. */
export function where(left: string, right: string): Condition {
  return { left: operand(left), right: operand(right) };
}

function operand(text: string): Operand {
  const [kind, ...path] = text.split('.');
  if (kind === 'path') return { kind, name: path.join('.') };
  return kind === 'claims' ? { kind: 'claim', path } : { kind: 'text', text };
}

/** A user of our own core with a session. */
export function buildPrincipal(overrides: Partial<Principal> = {}): Principal {
  return {
    kind: 'user',
    subject: 'usr_00000000000000000000000000000001',
    username: 'doctor@demo.test',
    sessionId: 'ses_00000000000000000000000000000001',
    issuerId: 'wardgate',
    authenticatedBy: 'access_token',
    audience: undefined,
    roles: ['doctor'],
    scopes: new Set(),
    claims: {},
    issuedAt: undefined,
    tokenId: undefined,
    expiresAt: 4_000_000_000,
    ...overrides,
  };
}
