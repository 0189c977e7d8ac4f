import { expect, it } from 'vitest';
import { createCallerAuthentication } from '../../../../src/entry/wiring/caller-authentication.ts';
import { nodeEdgeParts } from '../../../../src/entry/wiring/node-edge-parts.ts';
import { wireGateway } from '../../../../src/entry/wiring/wire-gateway.ts';
import { authenticateWith } from '../../../../src/gateway/authenticators/authenticator-chain.ts';
import { createApiKey } from '../../../../src/identity/api-key.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { quietRevocations } from '../../../support/revocations/quiet-revocations.ts';
import { assertionSigner } from '../../../support/tokens/assertions.ts';
import { CLIENT_ID, signToken, testKey } from '../../../support/tokens/tokens.ts';
import { PUBLIC_URL, policyOf, RIGHT } from '../../config/policy-text.ts';

it('goes on with the key sets that a reloaded policy shares with the old one, and with no other', () => {
  const parts = {
    ...nodeEdgeParts,
    publicUrl: PUBLIC_URL,
    coreKeySet: async () => ({ keys: [], maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations: quietRevocations(),
    assertionSigner,
    keySetClients: new Map(),
    log: silentLog,
  };
  const before = wireGateway(policyOf(RIGHT), parts).keySets;
  const after = wireGateway(policyOf(RIGHT.replace('/realms/clinic', '/realms/other')), parts).keySets;
  expect(after.get('wardgate')).toBe(before.get('wardgate'));
  expect(after.get('keycloak')).not.toBe(before.get('keycloak'));
});

it('takes a token of a client that was revoked since for no caller of the core itself', async () => {
  const key = await testKey();
  const revocations = quietRevocations();
  const edge = wireGateway(policyOf(RIGHT), {
    ...nodeEdgeParts,
    publicUrl: PUBLIC_URL,
    coreKeySet: async () => ({ keys: [{ ...key.publicJwk }], maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations,
    assertionSigner,
    keySetClients: new Map(),
    log: silentLog,
  });
  const callers = createCallerAuthentication(() => edge);
  const token = await signToken(
    { iss: PUBLIC_URL, client_id: CLIENT_ID },
    { at: Math.floor(Date.now() / 1000) },
  );
  const find = () => callers.authenticateCaller(new Headers({ authorization: `Bearer ${token}` }));
  expect((await find()).kind).toBe('caller');
  revocations.take({
    revocations: [{ kind: 'client', id: CLIENT_ID, revokedAtMs: Date.now() }],
    cursor: '1',
  });
  expect((await find()).kind).toBe('rejected');
});

it('takes a token for one upstream for no caller of the core itself', async () => {
  const key = await testKey();
  const edge = wireGateway(policyOf(RIGHT), {
    ...nodeEdgeParts,
    publicUrl: PUBLIC_URL,
    coreKeySet: async () => ({ keys: [{ ...key.publicJwk }], maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => undefined, isActive: async () => true },
    revocations: quietRevocations(),
    assertionSigner,
    keySetClients: new Map(),
    log: silentLog,
  });
  const callers = createCallerAuthentication(() => edge);
  const finding = async (claims: object) => {
    const token = await signToken({ iss: PUBLIC_URL, ...claims }, { at: Math.floor(Date.now() / 1000) });
    return (await callers.authenticateCaller(new Headers({ authorization: `Bearer ${token}` }))).kind;
  };
  expect(await finding({})).toBe('caller');
  const narrow = { aud: 'patients', client_id: CLIENT_ID, act: { sub: CLIENT_ID } };
  expect(await finding(narrow)).toBe('rejected');
});

it('authenticates API keys on routes, and takes none for a caller of the core itself', async () => {
  const key = { id: createId('api_key'), roles: ['admin'], scopes: [], expiresAt: undefined };
  const wired = wireGateway(policyOf(RIGHT), {
    ...nodeEdgeParts,
    publicUrl: PUBLIC_URL,
    coreKeySet: async () => ({ keys: [], maxAgeSeconds: undefined }),
    sessions: { findByToken: async () => undefined, isActive: async () => true },
    machines: { findApiKey: async () => key, isActive: async () => true },
    revocations: quietRevocations(),
    assertionSigner,
    keySetClients: new Map(),
    log: silentLog,
  });
  const shown = createApiKey();
  const credential = { kind: 'api_key', key: shown, fromCookie: false } as const;
  expect(await authenticateWith(wired.authenticators, credential)).toMatchObject({
    kind: 'authenticated',
    principal: { subject: key.id },
  });
  const edge = { ...wired, extraction: { ...wired.extraction, kinds: new Set(['api_key'] as const) } };
  const callers = createCallerAuthentication(() => edge);
  const headers = new Headers({ 'X-API-Key': shown });
  expect(await callers.authenticateCaller(headers)).toEqual({ kind: 'rejected' });
});
