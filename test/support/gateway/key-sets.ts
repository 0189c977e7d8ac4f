import type { JWK } from 'jose';
import type { KeySetSource } from '../../../src/gateway/key-sets/key-set.ts';
import { createKeySetClient, type KeySetClient } from '../../../src/gateway/key-sets/key-set-client.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../memory-stores/memory-stores.ts';

/** A key set's source that a test steers: what it answers with, whether it is down, and how often it was asked. */
export interface SteeredSource {
  readonly source: KeySetSource;
  keys: readonly JWK[];
  maxAgeSeconds: number | undefined;
  down: boolean;
  /** While set, answers wait for it. */
  hold: Promise<void> | undefined;
  readonly fetches: number;
}

export function createSteeredSource(keys: readonly JWK[] = []): SteeredSource {
  let fetches = 0;
  const steered: SteeredSource = {
    keys,
    maxAgeSeconds: undefined,
    down: false,
    hold: undefined,
    get fetches() {
      return fetches;
    },
    async source() {
      fetches += 1;
      const { keys } = steered;
      await steered.hold;
      if (steered.down) throw new UnavailableError('key_set', 'down');
      return { keys, maxAgeSeconds: steered.maxAgeSeconds };
    },
  };
  return steered;
}

/** The real client on a source of a test's own. */
export function keySetOf(source: KeySetSource, clock: Clock): KeySetClient {
  return createKeySetClient({ source, clock, log: silentLog, issuerId: 'test' });
}

/** A client on a steered source with these keys, and the clock of both. Does NOT fetch them. */
export function createSteeredKeySet(keys: readonly JWK[]) {
  const clock = createManualClock();
  const steered = createSteeredSource(keys);
  return { clock, steered, client: keySetOf(steered.source, clock.now) };
}
