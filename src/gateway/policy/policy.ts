import type { CredentialKind } from '../credentials/credential.ts';
import type { RoutePattern } from '../routes/route-pattern.ts';

/** The signature algorithms that an issuer may be allowed. No symmetric one, and never `none` (RFC 8725, section 3.1). */
export const SIGNATURE_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
/** One signature algorithm (RFC 7518, section 3.1; RFC 8037). */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Where a foreign issuer's roles are and what they mean here. Without a map every valid role name passes; with one, only its keys. */
export interface RoleMapping {
  /** The claim, as a path of member names: `['realm_access', 'roles']`. */
  readonly claimPath: readonly string[];
  readonly map: ReadonlyMap<string, string> | undefined;
}

/** An issuer whose access tokens are accepted. */
export interface IssuerPolicy {
  /** Its name in the policy file; `wardgate` is our own core. */
  readonly id: string;
  /** Compared with `iss` exactly, octet by octet. */
  readonly issuer: string;
  /** Whoever issues for it, issues for every upstream. */
  readonly audience: string;
  /** Audiences of single upstreams, accepted besides: a token for one of them is good at that upstream alone. None for foreign issuers. */
  readonly narrowAudiences: ReadonlySet<string>;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The accepted `typ` headers, lower-case and without `application/`; our own tokens are `at+jwt` only. `undefined` accepts a missing `typ`. */
  readonly types: readonly (string | undefined)[];
  readonly roles: RoleMapping;
  /** Of our own core, whose key set comes through a port; or fetched from an address; or found by discovery below `issuer`. */
  readonly keys:
    | { readonly kind: 'core' }
    | { readonly kind: 'jwks_uri'; readonly uri: string }
    | { readonly kind: 'discovery' };
}

/** A service behind the gateway. */
export interface Upstream {
  readonly id: string;
  /** Scheme, host and port: `http://127.0.0.1:9001`. */
  readonly origin: string;
  /** What it is called in tokens that are meant for it alone. */
  readonly audience: string;
  /** A path put before the request's path, without trailing slash; usually empty. */
  readonly basePath: string;
  /** How long connecting may take. */
  readonly connectTimeoutMs: number;
  /** How long the response's headers may take, from the end of the request's headers. */
  readonly headersTimeoutMs: number;
  /** How long either direction may be silent in between. Streams that are quiet by nature need more. */
  readonly idleTimeoutMs: number;
}

/** One thing that must hold: a path parameter and a claim are equal, or a claim equals a fixed text. */
export interface Condition {
  readonly left: Operand;
  readonly right: Operand;
}

/** A side of a condition: `path.NAME`, `claims.NAME` (a path of members), or a fixed text. */
export type Operand =
  | { readonly kind: 'path'; readonly name: string }
  | { readonly kind: 'claim'; readonly path: readonly string[] }
  | { readonly kind: 'text'; readonly text: string };

/** One rule of a route: everything in it must hold; roles are any-of, scopes are all-of. */
export interface Rule {
  readonly roles: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly where: readonly Condition[];
}

/** Who may use a route. */
export type Access =
  /** Everyone, also without a credential; a bad credential is still refused. */
  | { readonly kind: 'public' }
  /** Whoever satisfies any one rule; no rule is deny. */
  | { readonly kind: 'rules'; readonly rules: readonly Rule[] };

/** A rule of the policy file: which requests, who may, and where they go. */
export interface Route {
  readonly id: string;
  readonly pattern: RoutePattern;
  /** `undefined` is every method (but never CONNECT and TRACE). */
  readonly methods: ReadonlySet<string> | undefined;
  readonly upstream: Upstream;
  readonly access: Access;
  /** Ask the core on each request whether the session still stands: staleness zero. */
  readonly live: boolean;
  /** Hand the client's `Authorization` to the upstream. */
  readonly forwardCredential: boolean;
  /** Send `X-Identity-Assertion`, signed for the upstream. */
  readonly assertion: boolean;
  /** WebSockets and event streams may go on when their credential expires; they then end by revocation alone. */
  readonly outlivesToken: boolean;
}

/** The whole policy file, parsed; what `decide()` and both transports work by. */
export interface GatewayPolicy {
  /** Peers that may speak forward-auth and set `X-Forwarded-*`: addresses in CIDR notation. Empty: nobody. */
  readonly trustedProxies: readonly string[];
  readonly credentials: readonly CredentialKind[];
  /** Origins (`https://app.example`) whose pages may send cookie credentials with unsafe methods, besides the public URL's own. */
  readonly trustedOrigins: readonly string[];
  readonly issuers: readonly IssuerPolicy[];
  readonly upstreams: readonly Upstream[];
  readonly routes: readonly Route[];
  /** The scopes that a role brings, written by the core into the access tokens it issues. */
  readonly roleScopes: ReadonlyMap<string, readonly string[]>;
  /** How long what our core issued serves by its signature alone when no revocations are heard and the core does not answer. */
  readonly revocationGraceMs: number;
}
