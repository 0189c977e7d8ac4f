import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { withDeadline } from '../../lib/with-deadline.ts';
import { isBrokenConnection } from './database-errors.ts';

/** The driver's pool of connections, or its successor after a connection broke. */
export interface RenewablePool {
  /** The driver; always the newest pool's, so that what is prepared on it outlives each. */
  readonly sql: postgres.Sql;
  /** Runs work on the pool, once. What it throws is the driver's. */
  run<Value>(work: () => PromiseLike<Value>): Promise<Value>;
  /** Waits for what runs, at most for so long, then closes all connections. */
  close(waitMs: number): Promise<void>;
}

/**
 * Creates a pool that gives way to a new one when a connection breaks under a statement. The driver (3.4.9) connects such a connection again, and answers
 * the first statement on it with what the server said when it ended the old one, without running it: each connection that was busy when the
 * server went would fail one request more, however long the server has been back. A pool that gave way is closed when what ran then has ended, `lingerMs` later at most: until
 * then there may be twice as many connections.
 * @see porsager/postgres issue 1223
 */
export function createRenewablePool(
  url: string,
  options: postgres.Options<Record<string, never>>,
  lingerMs: number,
): RenewablePool {
  const running = new Set<Promise<unknown>>();
  const pools = createPools(() => openPool(url, options), endWhenSettled);

  async function endWhenSettled(pool: postgres.Sql, waitMs: number): Promise<void> {
    const settled = Promise.allSettled(running);
    await withDeadline(settled, waitMs, () => new Error('still running')).catch(() => undefined);
    // The driver's own waiting never ends on a connection that broke under a statement.
    await pool.end({ timeout: 0 }).catch(() => undefined);
  }

  async function run<Value>(work: () => PromiseLike<Value>): Promise<Value> {
    const pool = pools.newest();
    const answer = (async () => work())();
    running.add(answer);
    try {
      return await answer;
    } catch (error) {
      if (isBrokenConnection(error)) pools.replace(pool, lingerMs);
      throw error;
    } finally {
      running.delete(answer);
    }
  }

  return {
    sql: new Proxy(pools.newest(), {
      get: (_, key) => Reflect.get(pools.newest(), key),
      apply: (_, self, parameters) => Reflect.apply(pools.newest(), self, parameters),
    }),
    run,
    close: pools.close,
  };
}

function openPool(url: string, options: postgres.Options<Record<string, never>>): postgres.Sql {
  const pool = postgres(url, options);
  // Drizzle has the driver leave times and documents as text: it says so to each pool that it is given.
  drizzle(pool);
  return pool;
}

/** Keeps the newest pool, and those that gave way until they have ended. Makes none after `close`. */
function createPools(open: () => postgres.Sql, end: (pool: postgres.Sql, waitMs: number) => Promise<void>) {
  const ending = new Set<postgres.Sql>();
  let isClosed = false;
  let newest = open();

  async function endAndForget(pool: postgres.Sql, waitMs: number): Promise<void> {
    ending.add(pool);
    await end(pool, waitMs);
    ending.delete(pool);
  }

  return {
    newest: () => newest,
    replace(broken: postgres.Sql, waitMs: number): void {
      if (isClosed || broken !== newest) return;
      newest = open();
      void endAndForget(broken, waitMs);
    },
    async close(waitMs: number): Promise<void> {
      isClosed = true;
      await Promise.all([...ending, newest].map((pool) => endAndForget(pool, waitMs)));
    },
  };
}
