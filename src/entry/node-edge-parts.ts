import { hash } from 'node:crypto';
import { createJwksUriSource } from '../adapters/http/key-set-source.ts';
import { createHttpMachineLookup } from '../adapters/http/machine-lookup-http.ts';
import { createHttpSessionLookup } from '../adapters/http/session-lookup-http.ts';
import { createNodeVerifier } from '../adapters/node/verify-signature-node.ts';
import type { Environment } from '../config/environment.ts';
import { KEY_SET_MAX_AGE_SECONDS } from '../core/keys/key-times.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../core/tokens/access-token.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../gateway/authenticators/registered-claims.ts';
import type { MachineLookup } from '../gateway/machine-lookup.ts';
import { createRevocationIndex, type MemoryRevocationIndex } from '../gateway/revocation-index.ts';
import type { Fingerprint } from '../lib/fingerprint.ts';
import type { Log } from '../lib/log.ts';
import type { WiredCore } from './wiring/wire-core.ts';
import type { EdgeParts } from './wiring/wire-gateway.ts';

/** The fingerprint of Node: SHA-256 in one synchronous call. Latin-1 text is the cheapest to make and to look up: about a microsecond for a token. */
export const nodeFingerprint: Fingerprint = (text) => hash('sha256', text, 'latin1');

/** What Node itself brings to an edge: hashing and signature checks that answer at once, `fetch` and the clock. */
export const nodeEdgeParts = {
  fingerprint: nodeFingerprint,
  verifySignature: createNodeVerifier(),
  fetch: globalThis.fetch,
  clock: Date.now,
};

// A token may be presented until this long after its session ended.
const REVOCATION_SECONDS = ACCESS_TOKEN_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;

/** Starts the index of ended sessions: it hears of those that this process ends, and begins with those that the database holds. */
export async function wireRevocations(core: WiredCore | undefined): Promise<MemoryRevocationIndex> {
  const revocations = createRevocationIndex({ clock: Date.now, rememberSeconds: REVOCATION_SECONDS });
  // Listening begins before the past is read, so that no end falls in between.
  core?.core.endings.onSessionEnded(revocations.revoke);
  for (const { sessionId } of (await core?.sessions.listEnded(REVOCATION_SECONDS)) ?? [])
    revocations.revoke(sessionId);
  return revocations;
}

/** The parts of Node's edge: the core's ports are plain calls where the core is in the process, and HTTP calls where it is not. */
export function wireEdgeParts(
  environment: Environment,
  core: WiredCore | undefined,
  revocations: MemoryRevocationIndex,
  log: Log,
): EdgeParts {
  const common = {
    ...nodeEdgeParts,
    publicUrl: environment.publicUrl,
    keySetClients: new Map(),
    revocations,
    log,
  };
  if (core !== undefined) {
    const coreKeySet = async () => ({
      keys: [...(await core.core.keySet()).keys],
      maxAgeSeconds: KEY_SET_MAX_AGE_SECONDS,
    });
    const { activeSessions: sessions, activeMachines } = core.core;
    const machines: MachineLookup = {
      findApiKey: activeMachines.findByKey,
      isActive: async (id) => (await activeMachines.findById(id)) !== undefined,
    };
    const { onKeysWithdrawn: onCoreKeysWithdrawn } = core.core;
    return { ...common, coreKeySet, onCoreKeysWithdrawn, sessions, machines };
  }
  const { coreUrl, client } = environment;
  if (coreUrl === undefined || client === undefined) throw new Error('the environment was not checked');
  return {
    ...common,
    coreKeySet: createJwksUriSource({ fetch, uri: `${coreUrl}/.well-known/jwks.json` }),
    sessions: createHttpSessionLookup({ coreUrl, client }, { fetch }),
    machines: createHttpMachineLookup({ coreUrl, client }, { fetch }),
  };
}
