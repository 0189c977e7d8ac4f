import type { Principal } from '../../identity/principal.ts';
import { holds, type PathParameters } from './condition.ts';
import type { Route, Rule } from './policy.ts';

declare const granted: unique symbol;

/**
 * The proof that a route may be used. Only this file can make one, and only a grant can become identity headers, so that a path on
 * which authorization was skipped does not compile.
 */
export interface Grant {
  readonly [granted]: true;
  readonly route: Route;
  /** `undefined` where a public route is used, or a preflight passes, without a credential. */
  readonly principal: Principal | undefined;
}

/** Why there is no grant. `audience_mismatch`: the token is for another upstream alone. */
export type Refusal =
  | RuleRefusal
  | { readonly because: 'credential_rejected'; readonly rejected: 'audience_mismatch' };

type RuleRefusal =
  | { readonly because: 'credential_missing' | 'role_missing' | 'condition_failed' }
  | { readonly because: 'scope_missing'; readonly requiredScopes: readonly string[] };

/**
 * May this principal use this route? Where its credential is for one upstream alone, the route must lead there, also a public one. Any one rule
 * suffices; inside a rule everything must hold; no rule is deny. Does NOT look at the method or the path again: the route was matched by both.
 */
export function authorize(
  route: Route,
  parameters: PathParameters,
  principal: Principal | undefined,
): { readonly grant: Grant } | Refusal {
  if (principal?.audience !== undefined && principal.audience !== route.upstream.audience)
    return { because: 'credential_rejected', rejected: 'audience_mismatch' };
  if (route.access.kind === 'public') return { grant: grant(route, principal) };
  if (principal === undefined) return { because: 'credential_missing' };
  let refusal: RuleRefusal = { because: 'role_missing' };
  for (const rule of route.access.rules) {
    const found = refuse(rule, parameters, principal);
    if (found === undefined) return { grant: grant(route, principal) };
    // Of several failed rules the one that came furthest tells most.
    if (RANK[found.because] > RANK[refusal.because]) refusal = found;
  }
  return refusal;
}

/**
 * The grant of a CORS preflight: nobody's, so that the upstream answers it without learning an identity.
 * @see Fetch Standard, section 3.3.6 (preflights carry no credentials)
 */
export function authorizePreflight(route: Route): Grant {
  return grant(route, undefined);
}

const RANK: Readonly<Record<RuleRefusal['because'], number>> = {
  credential_missing: 0,
  role_missing: 1,
  scope_missing: 2,
  condition_failed: 3,
};

function refuse(rule: Rule, parameters: PathParameters, principal: Principal): RuleRefusal | undefined {
  if (rule.roles !== undefined && !rule.roles.some((role) => principal.roles.includes(role)))
    return { because: 'role_missing' };
  if (rule.scopes !== undefined && !rule.scopes.every((scope) => principal.scopes.has(scope)))
    return { because: 'scope_missing', requiredScopes: rule.scopes };
  for (const condition of rule.where)
    if (!holds(condition, parameters, principal.claims)) return { because: 'condition_failed' };
  return undefined;
}

function grant(route: Route, principal: Principal | undefined): Grant {
  return { route, principal } as Grant;
}
