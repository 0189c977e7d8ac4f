import type { Principal } from '../identity/principal.ts';
import { type Soon, whenThere } from '../lib/soon.ts';
import type { Authentication, Authenticator } from './authenticators/authenticator.ts';
import { authenticateWith } from './authenticators/authenticator-chain.ts';
import type { Credential } from './credentials/credential.ts';
import { type ExtractionRules, extractCredential } from './credentials/extract-credential.ts';
import type { Decision, Denial } from './decision.ts';
import type { InboundRequest } from './inbound-request.ts';
import { authorize, authorizePreflight } from './policy/authorize.ts';
import type { PathParameters } from './policy/condition.ts';
import type { Route } from './policy/policy.ts';
import { isCrossOrigin, preflightMethod } from './request-origin.ts';
import type { Standing, StandingCheck } from './revocation/standing.ts';
import type { RouteTable } from './routes/route-table.ts';
import { type CanonicalTarget, canonicalTarget } from './url/canonical-target.ts';

/** What deciding needs; nothing of it is a framework, a runtime or a clock. */
export interface DecideDeps {
  readonly routes: RouteTable;
  /** In the order in which they are asked. */
  readonly authenticators: readonly Authenticator[];
  readonly extraction: ExtractionRules;
  /** Origins whose pages may use cookie credentials with unsafe methods. */
  readonly trustedOrigins: ReadonlySet<string>;
  /** Asked of each verified caller. */
  readonly standing: StandingCheck;
}

/**
 * Decides one request: the whole gateway, the same for the proxy and for forward-auth. The steps are URL, route, credential, principal,
 * grant; any may stop with a denial. Answers at once where what is remembered suffices. Does NOT look at headers that describe the request
 * itself (method, URL, client): the transport did, and knows whom to believe. Does NOT throw for a bad request.
 */
export function decide(request: InboundRequest, deps: DecideDeps): Soon<Decision> {
  const target = canonicalTarget(request.target);
  if (!target.ok) return { kind: 'deny', because: target.reason };

  const preflight = preflightMethod(request);
  const match = deps.routes.match(target.value.path, preflight ?? request.method);
  if (match.kind === 'no_route') return { kind: 'deny', because: match.kind, target: target.value };
  if (match.kind === 'method_not_allowed') {
    const { allowedMethods } = match;
    return { kind: 'deny', because: match.kind, allowedMethods, target: target.value };
  }
  const reached: Reached = { route: match.route, target: target.value };
  if (preflight !== undefined) return { kind: 'allow', ...reached, grant: authorizePreflight(match.route) };

  return whenThere(identify(request, match.route, deps), (identified) =>
    identified.kind === 'deny'
      ? { ...identified, ...reached }
      : judge(reached, match.parameters, identified.principal),
  );
}

interface Reached {
  readonly route: Route;
  readonly target: CanonicalTarget;
}

function judge(reached: Reached, parameters: PathParameters, principal: Principal | undefined): Decision {
  const outcome = authorize(reached.route, parameters, principal);
  if ('grant' in outcome) return { kind: 'allow', ...reached, grant: outcome.grant };
  return { kind: 'deny', ...outcome, ...reached, ...subjectOf(principal) };
}

/** Who asks, as far as that is known, or why that is not taken. */
export type Identification =
  | { readonly kind: 'identified'; readonly principal: Principal | undefined }
  | Denial;

function identify(request: InboundRequest, route: Route, deps: DecideDeps): Soon<Identification> {
  const finding = extractCredential(request.headers, deps.extraction);
  switch (finding.kind) {
    case 'none':
      return { kind: 'identified', principal: undefined };
    case 'malformed':
      return { kind: 'deny', because: 'credential_malformed' };
    case 'ambiguous':
      return { kind: 'deny', because: 'credential_ambiguous' };
    case 'found':
  }
  if (finding.credential.fromCookie && isCrossOrigin(request, deps.trustedOrigins))
    return { kind: 'deny', because: 'origin_mismatch' };
  return authenticate(finding.credential, route, deps);
}

function authenticate(credential: Credential, route: Route, deps: DecideDeps): Soon<Identification> {
  const verify = () =>
    whenThere(authenticateWith(deps.authenticators, credential), (answer) =>
      identification(answer, route, deps),
    );
  // Before the token is verified, because the key that it was signed with may have been revoked.
  const { refresh } = deps.standing;
  return refresh !== undefined && credential.kind === 'access_token'
    ? whenThere(refresh(), verify)
    : verify();
}

function identification(answer: Authentication, route: Route, deps: DecideDeps): Soon<Identification> {
  switch (answer.kind) {
    case 'not_applicable':
      return { kind: 'deny', because: 'credential_unsupported' };
    case 'rejected':
      return { kind: 'deny', because: 'credential_rejected', rejected: answer.because };
    case 'unavailable':
      return { kind: 'deny', because: 'dependency_unavailable', dependency: answer.dependency };
    case 'authenticated':
      return ifStanding(answer.principal, route, deps);
  }
}

/**
 * Identifies a verified caller who still stands. Facts are remembered, decisions are not: each request is held against what was revoked since its credential was
 * verified, and again where it had to wait after that.
 */
export function ifStanding(
  principal: Principal,
  route: Route,
  deps: Pick<DecideDeps, 'standing'>,
): Soon<Identification> {
  return whenThere(deps.standing.check(principal, route.live), (standing) => standingOf(principal, standing));
}

function standingOf(principal: Principal, standing: Standing): Identification {
  switch (standing.kind) {
    case 'stands':
      return { kind: 'identified', principal };
    case 'revoked':
      return revoked(principal);
    case 'unavailable':
      return { kind: 'deny', because: 'dependency_unavailable', dependency: standing.dependency };
  }
}

function revoked({ subject }: Principal): Denial {
  return { kind: 'deny', because: 'credential_rejected', rejected: 'revoked', subject };
}

function subjectOf(principal: Principal | undefined): { readonly subject?: string } {
  return principal === undefined ? {} : { subject: principal.subject };
}
