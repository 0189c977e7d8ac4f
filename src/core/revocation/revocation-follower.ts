import type { RevocationBatch } from '../../identity/revocation.ts';

/** What follows the log, from a place of its own. */
export interface RevocationFollower {
  /** Tells it what the process's one reader found. What is told before it has caught up with the log, it hands on behind that. */
  tell(batch: RevocationBatch): void;
  stop(): void;
}

/**
 * Creates a follower, and begins to read what it missed. It hears of new rows from the moment that this read begins, so that nothing falls between the two. A read that fails
 * is done again when the log is known to answer.
 */
export function createRevocationFollower(options: {
  /** Reads all that it missed. */
  readonly catchUp: () => Promise<RevocationBatch>;
  readonly take: (batch: RevocationBatch) => void;
}): RevocationFollower {
  const { catchUp, take } = options;
  let state: 'behind' | 'catching_up' | 'following' = 'behind';
  let isStopped = false;
  let held: RevocationBatch[] = [];

  async function begin(): Promise<void> {
    state = 'catching_up';
    held = [];
    const missed = await catchUp().catch(() => undefined);
    if (isStopped) return;
    state = missed === undefined ? 'behind' : 'following';
    if (missed !== undefined) for (const batch of [missed, ...held]) take(batch);
    held = [];
  }

  void begin();
  return {
    tell(batch) {
      if (isStopped) return;
      switch (state) {
        case 'following':
          return take(batch);
        case 'catching_up':
          held.push(batch);
          return;
        case 'behind':
          void begin();
      }
    },
    stop() {
      isStopped = true;
    },
  };
}
