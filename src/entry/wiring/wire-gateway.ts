import { createDiscoverySource, createJwksUriSource } from '../../adapters/http/key-set-source.ts';
import { createApiKeyAuthenticator } from '../../gateway/authenticators/api-key-authenticator.ts';
import type { Authenticator } from '../../gateway/authenticators/authenticator.ts';
import { createJwtAuthenticator } from '../../gateway/authenticators/jwt-authenticator.ts';
import { createSessionAuthenticator } from '../../gateway/authenticators/session-authenticator.ts';
import type { VerifySignature } from '../../gateway/authenticators/verify-signature.ts';
import { createTrustedProxies, type TrustedProxies } from '../../gateway/client/trusted-proxies.ts';
import { createGateway } from '../../gateway/create-gateway.ts';
import type { ExtractionRules } from '../../gateway/credentials/extract-credential.ts';
import type { Gateway } from '../../gateway/handling.ts';
import {
  type AssertedHeaders,
  createAssertedHeaders,
} from '../../gateway/identity-headers/asserted-headers.ts';
import type { AssertionSigner } from '../../gateway/identity-headers/assertion-signer.ts';
import type { KeySetSource } from '../../gateway/key-sets/key-set.ts';
import { createKeySetClient, type KeySetClient } from '../../gateway/key-sets/key-set-client.ts';
import type { MachineLookup } from '../../gateway/machine-lookup.ts';
import type { GatewayPolicy, IssuerPolicy } from '../../gateway/policy/policy.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import type { StandingCheck } from '../../gateway/revocation/standing.ts';
import { createStandingCheck } from '../../gateway/revocation/standing-check.ts';
import { createRouteTable } from '../../gateway/routes/route-table.ts';
import type { SessionLookup } from '../../gateway/session-lookup.ts';
import { sessionCookieName } from '../../identity/session-cookie.ts';
import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import type { Log } from '../../lib/log.ts';

/** The runtime's parts and the core's ports that an edge is wired from; the same list for Node and Workers. */
export interface EdgeParts {
  readonly publicUrl: string;
  readonly coreKeySet: KeySetSource;
  /** Tells when keys of our own core were withdrawn, where the core is in the process. */
  readonly onCoreKeysWithdrawn?: (listener: () => void) => unknown;
  readonly sessions: SessionLookup;
  readonly machines: MachineLookup;
  readonly revocations: RevocationFeed;
  /** See `StandingCheck.refresh`. */
  readonly refreshRevocations?: StandingCheck['refresh'];
  readonly assertionSigner: AssertionSigner;
  readonly fingerprint: Fingerprint;
  readonly verifySignature: VerifySignature;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** The key sets in use, by what they are; a reloaded policy goes on with those it shares with the old one, and with what they hold. */
  readonly keySetClients: Map<string, KeySetClient>;
  /** See `KeySetClientOptions.keepAlive`. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

/** An edge, ready for a transport. */
export interface Edge {
  readonly gateway: Gateway;
  /** For the core's own paths, which are authenticated by the same means as routes. */
  readonly authenticators: readonly Authenticator[];
  readonly extraction: ExtractionRules;
  readonly standing: StandingCheck;
  readonly trustedProxies: TrustedProxies;
  /** The key sets by issuer id, for readiness and for fetching ahead. */
  readonly keySets: ReadonlyMap<string, KeySetClient>;
}

/** Wires the edge from a policy that `parsePolicyFile` accepted. @throws Error when the policy could not have come from there. */
export function wireGateway(policy: GatewayPolicy, parts: EdgeParts): Edge {
  const routes = createRouteTable(policy.routes);
  const trustedProxies = createTrustedProxies(policy.trustedProxies);
  if (!routes.ok || !trustedProxies.ok) throw new Error('the policy was not checked before it was wired');

  const issuers = policy.issuers.map((issuer) => ({ policy: issuer, keySet: wireKeySet(issuer, parts) }));
  const authenticators = wireAuthenticators(issuers, parts);
  const kinds = new Set(policy.credentials);
  const extraction = { kinds, sessionCookieName: sessionCookieName(parts.publicUrl) };
  const trustedOrigins = new Set([new URL(parts.publicUrl).origin, ...policy.trustedOrigins]);
  const standing = wireStanding(parts);
  const gateway = createGateway({
    routes: routes.value,
    trustedProxies: trustedProxies.value,
    authenticators,
    extraction,
    trustedOrigins,
    standing,
    assertedHeaders: wireAssertedHeaders(policy, parts),
  });
  return {
    gateway,
    authenticators,
    extraction,
    standing,
    trustedProxies: trustedProxies.value,
    keySets: new Map(issuers.map(({ policy: issuer, keySet }) => [issuer.id, keySet])),
  };
}

function wireStanding(parts: EdgeParts): StandingCheck {
  const { revocations: feed, refreshRevocations: refresh, sessions, machines, clock, keepAlive } = parts;
  const optional = { ...(refresh && { refresh }), ...(keepAlive && { keepAlive }) };
  return createStandingCheck({ feed, sessions, machines, clock, ...optional });
}

function wireAssertedHeaders(policy: GatewayPolicy, parts: EdgeParts): AssertedHeaders {
  const { assertionSigner: signer, clock, keepAlive } = parts;
  const issuers = new Map(policy.issuers.map(({ id, issuer }) => [id, issuer]));
  return createAssertedHeaders({ signer, issuers, clock, ...(keepAlive && { keepAlive }) });
}

function wireAuthenticators(
  issuers: readonly { readonly policy: IssuerPolicy; readonly keySet: KeySetClient }[],
  parts: EdgeParts,
): readonly Authenticator[] {
  const { fingerprint, clock, verifySignature, sessions, machines, keepAlive } = parts;
  return [
    createJwtAuthenticator({ issuers, fingerprint, clock, verifySignature }),
    createSessionAuthenticator({ sessions, fingerprint, clock, ...(keepAlive && { keepAlive }) }),
    createApiKeyAuthenticator({ machines, fingerprint, clock, ...(keepAlive && { keepAlive }) }),
  ];
}

function wireKeySet(issuer: IssuerPolicy, parts: EdgeParts): KeySetClient {
  const { clock, log, keepAlive, keySetClients } = parts;
  const name = JSON.stringify([issuer.id, issuer.issuer, issuer.keys]);
  const known = keySetClients.get(name);
  if (known !== undefined) return known;
  const source = keySetSource(issuer, parts);
  const client = createKeySetClient({
    source,
    clock,
    log,
    issuerId: issuer.id,
    ...(keepAlive && { keepAlive }),
  });
  keySetClients.set(name, client);
  if (issuer.keys.kind === 'core') withdrawRevoked(client, parts);
  return client;
}

/** Has the key set of our own core hear of what is withdrawn there. */
function withdrawRevoked(client: KeySetClient, { revocations, onCoreKeysWithdrawn }: EdgeParts): void {
  for (const keyId of revocations.withdrawnKeys) client.withdraw(keyId);
  revocations.onRevoked(({ kind, id }) => {
    if (kind === 'key') client.withdraw(id);
  });
  onCoreKeysWithdrawn?.(() => void client.renew());
}

function keySetSource(issuer: IssuerPolicy, parts: EdgeParts): KeySetSource {
  switch (issuer.keys.kind) {
    case 'core':
      return parts.coreKeySet;
    case 'jwks_uri':
      return createJwksUriSource({ uri: issuer.keys.uri, fetch: parts.fetch });
    case 'discovery':
      return createDiscoverySource({ issuer: issuer.issuer, fetch: parts.fetch });
  }
}
