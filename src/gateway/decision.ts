import type { Dependency } from '../lib/unavailable-error.ts';
import type { Grant } from './policy/authorize.ts';
import type { Route } from './policy/policy.ts';
import type { CanonicalTarget } from './url/canonical-target.ts';

/** Why a request is denied: precise, for the log and for `explain`. What the client sees is chosen in `denial.ts` alone. */
export type DenyReason =
  // the request itself cannot be read in one way (400)
  | 'target_malformed'
  | 'host_malformed'
  | 'header_repeated'
  | 'credential_ambiguous'
  | 'dialect_header_missing'
  | 'dialect_header_malformed'
  // the body cannot be read (501)
  | 'transfer_coding_unknown'
  // who asks (403)
  | 'peer_not_trusted'
  // what is asked (404, 405)
  | 'no_route'
  | 'method_not_allowed'
  // the credential (401)
  | 'credential_missing'
  | 'credential_malformed'
  | 'credential_unsupported'
  | 'credential_rejected'
  // the policy (403)
  | 'origin_mismatch'
  | 'role_missing'
  | 'scope_missing'
  | 'condition_failed'
  // could not tell (503)
  | 'dependency_unavailable';

/** Why an authenticator rejected a credential; all of them look alike to the client (`invalid_token`). */
export type RejectReason =
  | 'malformed'
  | 'too_large'
  | 'type_mismatch'
  | 'algorithm_not_allowed'
  | 'critical_header_unknown'
  | 'issuer_unknown'
  | 'key_unknown'
  | 'key_ambiguous'
  | 'signature_invalid'
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'claim_malformed'
  | 'claim_unwritable'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_future'
  | 'session_unknown'
  | 'api_key_unknown'
  | 'revoked';

/** A denial: the reason, and what the answer and the log need besides it. */
export interface Denial {
  readonly kind: 'deny';
  readonly because: DenyReason;
  /** With `credential_rejected`: the authenticator's reason. */
  readonly rejected?: RejectReason;
  /** With `dependency_unavailable`: which. */
  readonly dependency?: Dependency;
  /** With `method_not_allowed`: the methods of the route, for `Allow`. */
  readonly allowedMethods?: readonly string[];
  /** With `scope_missing`: the scopes that one rule wants, for the challenge (RFC 6750, section 3). */
  readonly requiredScopes?: readonly string[];
  /** Where the request got as far as a route. */
  readonly route?: Route;
  /** The canonical path, where there is one, for the log. */
  readonly target?: CanonicalTarget;
  /** Who was denied, where the request got as far as a principal. */
  readonly subject?: string;
}

/** An allowance: what was decided, and the grant that alone can become identity headers. */
export interface Allowance {
  readonly kind: 'allow';
  readonly route: Route;
  readonly target: CanonicalTarget;
  readonly grant: Grant;
}

/** The verdict on one request. */
export type Decision = Allowance | Denial;
