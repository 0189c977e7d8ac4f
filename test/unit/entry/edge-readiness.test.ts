import { expect, it } from 'vitest';
import { findEdgeReadiness } from '../../../src/entry/edge-readiness.ts';
import { nodeEdgeParts } from '../../../src/entry/wiring/node-edge-parts.ts';
import { wireGateway } from '../../../src/entry/wiring/wire-gateway.ts';
import { createRevocationFeed } from '../../../src/gateway/revocation/revocation-feed.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { createSteeredSource } from '../../support/gateway/key-sets.ts';
import { createManualClock } from '../../support/memory-stores/memory-stores.ts';
import { assertionSigner } from '../../support/tokens/assertions.ts';
import { testKey } from '../../support/tokens/tokens.ts';
import { PUBLIC_URL, policyOf, RIGHT } from '../config/policy-text.ts';

/** An edge apart from its core, on a clock that the test moves. */
async function setUp() {
  const clock = createManualClock();
  const keys = createSteeredSource([(await testKey()).publicJwk]);
  const core = { down: false };
  const isActive = async () => {
    if (core.down) throw new UnavailableError('core', 'down');
    return false;
  };
  const feed = createRevocationFeed({
    clock: clock.now,
    elapsed: clock.now,
    rememberSeconds: 900,
    graceMs: () => 60_000,
    log: silentLog,
  });
  const edge = wireGateway(policyOf(RIGHT), {
    ...nodeEdgeParts,
    clock: clock.now,
    publicUrl: PUBLIC_URL,
    coreKeySet: keys.source,
    sessions: { findByToken: async () => undefined, isActive },
    machines: { findApiKey: async () => undefined, isActive },
    assertionSigner,
    revocations: feed,
    keySetClients: new Map(),
    log: silentLog,
  });
  const beat = () => feed.take({ revocations: [], cursor: '' });
  return { clock, keys, core, beat, readiness: () => findEdgeReadiness(edge, feed) };
}

it('is ready while it has the keys and hears what is revoked', async () => {
  const { beat, readiness } = await setUp();
  beat();
  expect(await readiness()).toEqual({
    status: 'ready',
    dependencies: { core_key_set: true, revocation_feed: true },
  });
});

it('is not ready without the keys', async () => {
  const { keys, beat, readiness } = await setUp();
  keys.down = true;
  beat();
  expect(await readiness()).toEqual({
    status: 'not_ready',
    dependencies: { core_key_set: false, revocation_feed: true },
  });
});

it('is degraded while nothing is heard and the core answers, though it was never heard', async () => {
  const { readiness } = await setUp();
  expect(await readiness()).toEqual({
    status: 'degraded',
    dependencies: { core_key_set: true, revocation_feed: false },
  });
});

it('is degraded while the core is silent too and the grace runs, and then not ready', async () => {
  const { clock, core, beat, readiness } = await setUp();
  beat();
  core.down = true;
  clock.advanceSeconds(70);
  expect(await readiness()).toMatchObject({ status: 'degraded' });
  clock.advanceSeconds(1);
  expect(await readiness()).toMatchObject({ status: 'not_ready', dependencies: { revocation_feed: false } });
});
