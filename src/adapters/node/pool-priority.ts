import { readdir, readFile } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';

const TASKS = '/proc/self/task';
const POOL_THREAD = 'libuv-worker';

/**
 * Lets the event loop go before the thread pool, in which passwords are hashed, wherever processor time is short: a storm of log-ins then delays log-ins, and
 * decisions hardly. Answers with how many threads now stand back; 0 where the system does not tell its threads (Linux does) or does not allow it. Cannot be undone without
 * privileges. @see setpriority(2), "C library/kernel differences": on Linux the nice value is a thread's own
 */
export async function lowerPoolPriority(): Promise<number> {
  try {
    // This very reading is work of the pool, whose threads are all there from its first work on.
    const pool = (await readTasks()).filter(({ name }) => name === POOL_THREAD);
    // Below the process's own, which may have been started with a low one.
    const lower = getPriority() + constants.priority.PRIORITY_BELOW_NORMAL;
    for (const { id } of pool) setPriority(id, Math.min(lower, constants.priority.PRIORITY_LOW));
    return pool.length;
  } catch {
    return 0;
  }
}

async function readTasks(): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const tasks = (await readdir(TASKS)).map(async (task) => ({
    id: Number(task),
    name: (await readFile(`${TASKS}/${task}/comm`, 'utf8')).trim(),
  }));
  // Other threads may end meanwhile.
  const read = await Promise.allSettled(tasks);
  return read.flatMap((task) => (task.status === 'fulfilled' ? [task.value] : []));
}
