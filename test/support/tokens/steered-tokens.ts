import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import type { Core } from '../../../src/core/create-core.ts';
import type { TokenAuthentication } from '../../../src/core/introspection/token-authentication.ts';
import { nodeEdgeParts } from '../../../src/entry/wiring/node-edge-parts.ts';
import { createTokenAuthentication } from '../../../src/entry/wiring/token-authentication.ts';
import { wireGateway } from '../../../src/entry/wiring/wire-gateway.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { quietRevocations } from '../revocations/quiet-revocations.ts';
import { assertionSigner } from './assertions.ts';
import { AUDIENCE, FOREIGN_ISSUER, testKey } from './tokens.ts';

const PUBLIC_URL = 'https://gate.test';
const POLICY = `
version: 1
credentials: [bearer, session_cookie, api_key]
issuers:
  - { id: wardgate, audience: ${AUDIENCE} }
  - { id: keycloak, issuer: "${FOREIGN_ISSUER}", audience: ${AUDIENCE}, algorithms: [RS256], jwks_uri: "${FOREIGN_ISSUER}/keys", roles: { claim: realm_access.roles, map: { physician: doctor } } }
upstreams: { records: { url: 'http://records.test', audience: records } }
routes: []
`;

/** The judgement of tokens by a real edge in memory, whose knowledge of revocations a test steers. */
export interface SteeredTokens extends TokenAuthentication {
  /** Ids of what was revoked: sessions, subjects, tokens. */
  readonly revoked: Set<string>;
  /** Whether what is not listed was not revoked. */
  isCurrent: boolean;
}

/** Wires an edge to a core in memory; beside it one foreign issuer, whose key is `testKey('RS256', 'foreign-key')`. It is wired when it is first needed. */
export function createSteeredTokens(core: Core, clock: Clock): SteeredTokens {
  let wired: ReturnType<typeof wireGateway> | undefined;
  const revoked = new Set<string>();
  const tokens = createTokenAuthentication(() => {
    wired ??= wireEdge(core, clock);
    return wired;
  }, quietRevocations());
  return {
    ...tokens,
    revoked,
    isCurrent: true,
    revocationOf(principal) {
      const ids = [principal.sessionId, principal.subject, principal.tokenId];
      if (ids.some((id) => typeof id === 'string' && revoked.has(id))) return 'revoked';
      return this.isCurrent ? 'not_listed' : 'not_current';
    },
  };
}

/** Tokens that cannot be told, for tests that ask about none. */
export const untoldTokens: TokenAuthentication = {
  authenticateToken: () => ({ kind: 'unavailable', dependency: 'core' }),
  revocationOf: () => 'not_current',
  fingerprint: nodeEdgeParts.fingerprint,
};

function wireEdge(core: Core, clock: Clock) {
  const policy = parsePolicyFile(POLICY, { publicUrl: PUBLIC_URL });
  if (!policy.ok) throw new Error(JSON.stringify(policy.reason));
  const { activeSessions, activeMachines } = core;
  return wireGateway(policy.value, {
    ...nodeEdgeParts,
    clock,
    publicUrl: PUBLIC_URL,
    keySetClients: new Map(),
    coreKeySet: async () => ({ keys: [...(await core.keySet()).keys], maxAgeSeconds: undefined }),
    onCoreKeysWithdrawn: core.onKeysWithdrawn,
    sessions: activeSessions,
    machines: {
      findApiKey: activeMachines.findByKey,
      isActive: async (id, tokenId) => (await activeMachines.findById(id, tokenId)) !== undefined,
    },
    revocations: quietRevocations(),
    assertionSigner,
    fetch: async () => Response.json({ keys: [(await testKey('RS256', 'foreign-key')).publicJwk] }),
    log: silentLog,
  });
}
