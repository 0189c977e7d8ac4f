import { MINUTE_SECONDS, type Timer } from '../../lib/durations.ts';
import type { Log } from '../../lib/log.ts';
import { startRounds } from '../../lib/rounds.ts';
import { BY_ITSELF } from './key-events.ts';
import type { SigningKeys } from './signing-keys.ts';

/**
 * Looks once a minute whether a key is due, and makes the next one then; all processes do it, and one of them rotates. So each process also sees within
 * a minute what others did to the keys. Answers with what stops it and waits for the look under way.
 */
export function startKeyRotation(options: {
  readonly keys: Pick<SigningKeys, 'change'>;
  readonly rotateAfterSeconds: number;
  readonly timer: Timer;
  readonly log: Log;
}): () => Promise<void> {
  const { keys, rotateAfterSeconds } = options;
  const round = () => keys.change((changes) => changes.due(rotateAfterSeconds), BY_ITSELF);
  return startRounds({ ...options, work: 'key_rotation', round, everyMs: MINUTE_SECONDS * 1000 });
}
