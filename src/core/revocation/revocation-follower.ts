import type { RevocationBatch } from '../../identity/revocation.ts';

/** One who follows the log, from a place of his own. */
export interface RevocationFollower {
  /** Tells him what the process's one reader found. What is told before he has caught up with the log, he gets behind that. */
  tell(batch: RevocationBatch): void;
  stop(): void;
}

/**
 * Creates a follower, and begins to read what he missed. He hears of new rows from the moment that this read begins, so that nothing falls between the two. A read that fails
 * is done again when the log is known to answer.
 */
export function createRevocationFollower(options: {
  /** Reads all that he missed. */
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
