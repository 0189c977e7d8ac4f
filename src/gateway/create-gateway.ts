import { type Soon, whenThere } from '../lib/soon.ts';
import { clientOf } from './client/client-address.ts';
import { checkHost } from './client/host-check.ts';
import type { TrustedProxies } from './client/trusted-proxies.ts';
import { type DecideDeps, decide, ifStanding } from './decide.ts';
import type { Allowance, Decision, Denial } from './decision.ts';
import { denialAnswer } from './denial.ts';
import type { Dialect } from './forward-auth/dialect.ts';
import { findDialect } from './forward-auth/dialects.ts';
import type { Gateway, Handling, Mode, RequestRecord, WireRequest } from './handling.ts';
import type { AssertedHeaders } from './identity-headers/asserted-headers.ts';
import { identityHeaders } from './identity-headers/identity-headers.ts';
import type { HeaderFields, InboundRequest } from './inbound-request.ts';
import { planForward } from './proxy/plan-forward.ts';
import { isReservedPath } from './reserved-paths.ts';
import { bondOf } from './streams/bond.ts';
import { canonicalTarget } from './url/canonical-target.ts';

/** What a gateway is made of. */
export interface GatewayDeps extends DecideDeps {
  readonly trustedProxies: TrustedProxies;
  /** Asked on routes that send an assertion. */
  readonly assertedHeaders: AssertedHeaders;
}

/**
 * Creates the gateway: finds out in which mode a request came, whom to believe about it, has it decided, and says what the transport has
 * to do. Both modes go through the same `decide()`. Does NOT write answers and does NOT open connections.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  return {
    handle(request) {
      const because = checkHost(request.headers);
      if (because !== undefined) return denied(request, 'proxy', { kind: 'deny', because });
      // A proxy asks at the plain path as a rule, which then needs no reading.
      const plainDialect = findDialect(request.target);
      if (plainDialect !== undefined) return handleForwardAuth(request, plainDialect, deps);
      const target = canonicalTarget(request.target);
      if (!target.ok) return denied(request, 'proxy', { kind: 'deny', because: target.reason });
      const dialect = findDialect(target.value.path);
      if (dialect !== undefined) return handleForwardAuth(request, dialect, deps);
      if (isReservedPath(target.value.path))
        return {
          kind: 'reserved',
          target: target.value,
          clientAddress: clientOf(request, deps.trustedProxies),
        };
      return handleProxied(request, deps);
    },
  };
}

function handleProxied(request: WireRequest, deps: GatewayDeps): Soon<Handling> {
  const inbound = inboundRequest(request, request.method, request.target, deps);
  return whenThere(decide(inbound, deps), (decision) => {
    if (decision.kind === 'deny') return denied(request, 'proxy', decision, inbound);
    const { target, grant } = decision;
    // The grant's own route, so that nothing is forwarded elsewhere than where it was allowed.
    const { route } = grant;
    return whenIdentified(decision, deps, (identity) => {
      if ('because' in identity) return denied(request, 'proxy', identity, inbound);
      const plan = planForward(request, {
        route,
        target,
        identityHeaders: identity,
        peerTrusted: deps.trustedProxies.trusts(request.peerAddress),
        clientAddress: inbound.clientAddress,
        bond: bondOf(grant),
      });
      if (!plan.ok)
        return denied(request, 'proxy', { kind: 'deny', because: plan.reason, route, target }, inbound);
      return { kind: 'forward', plan: plan.value, record: recordOf(decision, 'proxy', inbound) };
    });
  });
}

function handleForwardAuth(request: WireRequest, dialect: Dialect, deps: GatewayDeps): Soon<Handling> {
  const mode = dialect.name;
  // Whoever is not a trusted proxy could describe any request it likes (CVE-2026-40575, oauth2-proxy).
  if (!deps.trustedProxies.trusts(request.peerAddress))
    return denied(request, mode, { kind: 'deny', because: 'peer_not_trusted' });
  const original = dialect.readOriginal(request);
  if (!original.ok)
    return denied(request, mode, { kind: 'deny', because: original.reason }, undefined, dialect);
  const inbound = inboundRequest(request, original.value.method, original.value.target, deps);
  return whenThere(decide(inbound, deps), (decision) => {
    if (decision.kind === 'deny') return denied(request, mode, decision, inbound, dialect);
    return whenIdentified(decision, deps, (identity) => {
      if ('because' in identity) return denied(request, mode, identity, inbound, dialect);
      const answer = dialect.allowed(identity);
      return { kind: 'answer', answer, record: recordOf(decision, mode, inbound) };
    });
  });
}

/** Goes on with the identity headers: at once, unless the route asks for an assertion that has to be signed first. What cannot be signed is a denial. */
function whenIdentified(
  { grant, route, target }: Allowance,
  deps: GatewayDeps,
  next: (identity: HeaderFields | Denial) => Handling,
): Soon<Handling> {
  if (!grant.route.assertion) return next(identityHeaders(grant));
  const { principal } = grant;
  const asserted = deps.assertedHeaders(grant);
  return whenThere(asserted, (found) => {
    if (!found.ok) {
      const because = 'dependency_unavailable';
      const subject = principal && { subject: principal.subject };
      return next({ kind: 'deny', because, dependency: found.reason, route, target, ...subject });
    }
    if (principal === undefined || !(asserted instanceof Promise)) return next(found.value);
    // Who waited for the signature may have been revoked meanwhile.
    return whenThere(ifStanding(principal, route, deps), (identified) =>
      next(identified.kind === 'deny' ? { ...identified, route, target } : found.value),
    );
  });
}

function inboundRequest(
  request: WireRequest,
  method: string,
  target: string,
  deps: GatewayDeps,
): InboundRequest {
  return {
    method,
    target,
    headers: request.headers,
    clientAddress: clientOf(request, deps.trustedProxies),
    requestId: request.requestId,
  };
}

function denied(
  request: WireRequest,
  mode: Mode,
  denial: Denial,
  inbound?: InboundRequest,
  dialect?: Dialect,
): Handling {
  const answer = denialAnswer(denial, request.requestId);
  const record = recordOf(denial, mode, inbound ?? { ...request, clientAddress: request.peerAddress });
  return { kind: 'answer', answer: dialect?.denied(answer) ?? answer, record };
}

function recordOf(
  decision: Decision,
  mode: Mode,
  request: Pick<InboundRequest, 'method' | 'clientAddress' | 'requestId'>,
): RequestRecord {
  return {
    requestId: request.requestId,
    mode,
    method: request.method,
    path: decision.target?.path,
    routeId: decision.route?.id,
    outcome: decision.kind === 'allow' ? 'allow' : decision.because,
    rejected: decision.kind === 'allow' ? undefined : decision.rejected,
    subject: subjectOf(decision),
    clientAddress: request.clientAddress,
  };
}

function subjectOf(decision: Allowance | Denial): string | undefined {
  return decision.kind === 'allow' ? decision.grant.principal?.subject : decision.subject;
}
