import { expect, it } from 'vitest';
import { nodeEdgeParts } from '../../../src/entry/node-edge-parts.ts';
import { wireGateway } from '../../../src/entry/wire-gateway.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { PUBLIC_URL, policyOf, RIGHT } from '../config/policy-text.ts';

it('goes on with the key sets that a reloaded policy shares with the old one, and with no other', () => {
  const parts = {
    ...nodeEdgeParts,
    publicUrl: PUBLIC_URL,
    coreKeySet: async () => ({ keys: [], maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations: { isRevoked: () => false },
    keySetClients: new Map(),
    log: silentLog,
  };
  const before = wireGateway(policyOf(RIGHT), parts).keySets;
  const after = wireGateway(policyOf(RIGHT.replace('/realms/clinic', '/realms/other')), parts).keySets;
  expect(after.get('wardgate')).toBe(before.get('wardgate'));
  expect(after.get('keycloak')).not.toBe(before.get('keycloak'));
});
