/** Runs tasks, a few at once; the others wait in the order in which they came. */
export interface BoundedQueue {
  /** Runs the task when its turn comes and settles as it does. Throws `full()` at once when too many wait already. */
  run<Value>(task: () => Promise<Value>): Promise<Value>;
}

/**
 * Creates a queue that runs at most `runningMax` tasks at once and lets at most `waitingMax` more wait; what comes beyond fails at once,
 * so that a storm costs neither memory nor endless waiting. Does NOT cancel or time out tasks.
 */
export function createBoundedQueue(options: {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly full: () => Error;
}): BoundedQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < options.runningMax) {
      running += 1;
      return;
    }
    if (waiting.length >= options.waitingMax) throw options.full();
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function done(): void {
    // The place goes over to the next in line, so that a newcomer cannot take it in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(task) {
      await turn();
      try {
        return await task();
      } finally {
        done();
      }
    },
  };
}
