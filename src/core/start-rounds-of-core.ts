import type { Timer } from '../lib/durations.ts';
import type { Log } from '../lib/log.ts';
import { hearRevokedKeys } from './keys/hear-revoked-keys.ts';
import { startKeyRotation } from './keys/key-rotation.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { RevocationFollowing } from './revocation/follow-revocations.ts';

/** Starts what a core does by itself: it rotates keys, and hears of what is revoked anywhere. Answers with what stops it. */
export function startRoundsOfCore(options: {
  readonly keys: Pick<SigningKeys, 'change' | 'reread'>;
  readonly rotateAfterSeconds: number;
  readonly revocations: RevocationFollowing;
  readonly timer: Timer;
  readonly log: Log;
}): () => Promise<void> {
  const { keys, revocations, timer } = options;
  const stopRotation = startKeyRotation(options);
  const stopHearing = hearRevokedKeys(keys, revocations.follow);
  const stopReading = revocations.start(timer);
  return async () => {
    stopHearing();
    await Promise.all([stopRotation(), stopReading()]);
  };
}
