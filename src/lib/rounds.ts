import type { Timer } from './durations.ts';
import type { Log } from './log.ts';
import { stackFrames } from './stack-frames.ts';
import { UnavailableError } from './unavailable-error.ts';

/**
 * Starts work that is done again and again: a round each time that `everyMs` have passed since the one before ended. A round that fails is logged, and
 * the next one tries again. Answers with what stops it: no round begins after that, and it waits for the one under way.
 */
export function startRounds(options: {
  /** Names the work in the log. */
  readonly work: string;
  readonly round: () => Promise<unknown>;
  readonly everyMs: number;
  readonly timer: Timer;
  readonly log: Log;
}): () => Promise<void> {
  const { work, round, everyMs, timer, log } = options;
  let stopped = false;
  let underWay: Promise<void> | undefined;
  let cancel = timer(begin, everyMs);

  function begin(): void {
    underWay = run();
  }

  async function run(): Promise<void> {
    try {
      await round();
    } catch (error) {
      if (error instanceof UnavailableError)
        log.warn('a round of work could not be done', { work, dependency: error.dependency });
      else log.error('a round of work failed', { work, ...stackFrames(error) });
    }
    if (!stopped) cancel = timer(begin, everyMs);
  }

  return async () => {
    stopped = true;
    cancel();
    await underWay;
  };
}
