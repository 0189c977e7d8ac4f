import { hash } from 'node:crypto';
import { createHttpAssertionSigner } from '../../adapters/http/assertion-signer-http.ts';
import { createCoreKeySetSource } from '../../adapters/http/core-key-set.ts';
import type { Cores } from '../../adapters/http/cores.ts';
import { createHttpMachineLookup } from '../../adapters/http/machine-lookup-http.ts';
import { createHttpSessionLookup } from '../../adapters/http/session-lookup-http.ts';
import { createNodeVerifier } from '../../adapters/node/verify-signature-node.ts';
import type { Environment } from '../../config/environment.ts';
import { KEY_SET_MAX_AGE_SECONDS } from '../../core/keys/key-times.ts';
import type { AssertionSigner } from '../../gateway/identity-headers/assertion-signer.ts';
import type { MachineLookup } from '../../gateway/machine-lookup.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import type { Log } from '../../lib/log.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { WiredCore } from './wire-core.ts';
import type { EdgeParts } from './wire-gateway.ts';

/** The fingerprint of Node: SHA-256 in one synchronous call. Latin-1 text is the cheapest to make and to look up: about a microsecond for a token. */
export const nodeFingerprint: Fingerprint = (text) => hash('sha256', text, 'latin1');

/** What Node itself brings to an edge: hashing and signature checks that answer at once, `fetch` and the clock. */
export const nodeEdgeParts = {
  fingerprint: nodeFingerprint,
  verifySignature: createNodeVerifier(),
  fetch: globalThis.fetch,
  clock: Date.now,
};

function signerOf({ core }: WiredCore): AssertionSigner {
  return {
    async sign(facts) {
      const signed = await core.assertions.sign(facts);
      if (signed.ok) return signed.value;
      throw new UnavailableError('core', 'the core does not sign that');
    },
  };
}

/** Where an edge finds its core: in the process, or apart. */
export interface CoreSource {
  readonly core: WiredCore | undefined;
  readonly cores: Cores | undefined;
}

/** The parts of Node's edge: the core's ports are plain calls where the core is in the process, and HTTP calls where it is not. */
export function wireEdgeParts(
  environment: Environment,
  { core, cores }: CoreSource,
  revocations: RevocationFeed,
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
      isActive: async (id, tokenId) => (await activeMachines.findById(id, tokenId)) !== undefined,
    };
    const { onKeysWithdrawn: onCoreKeysWithdrawn } = core.core;
    return {
      ...common,
      coreKeySet,
      onCoreKeysWithdrawn,
      sessions,
      machines,
      assertionSigner: signerOf(core),
    };
  }
  if (cores === undefined) throw new Error('the environment was not checked');
  return {
    ...common,
    coreKeySet: createCoreKeySetSource(cores, { fetch }),
    sessions: createHttpSessionLookup(cores, { fetch }),
    machines: createHttpMachineLookup(cores, { fetch }),
    assertionSigner: createHttpAssertionSigner(cores, { fetch }),
  };
}
