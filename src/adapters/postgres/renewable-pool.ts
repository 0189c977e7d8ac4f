import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { withDeadline } from '../../lib/with-deadline.ts';
import { isBrokenConnection } from './database-errors.ts';
import { type DriverOptions, type DriverPool, openDriverPool } from './driver-pool.ts';

/** The driver's pool of connections, or its successor after a connection broke. */
export interface RenewablePool {
  /** The driver; always the newest pool's, so that what is prepared on it outlives each. */
  readonly sql: postgres.Sql;
  /** Runs work on the pool, once, and waits for it no longer than the deadline. What it throws is the driver's, or what `late` makes. */
  run<Value>(work: () => PromiseLike<Value>): Promise<Value>;
  /** Waits for what runs, at most for so long, then closes all connections. */
  close(waitMs: number): Promise<void>;
}

/** What it takes to make one. */
export interface RenewablePoolOptions {
  readonly url: string;
  readonly driver: DriverOptions;
  readonly deadlineMs: number;
  readonly late: () => Error;
}

/** One of the driver's pools, and what is waited for on it. */
interface Pool extends DriverPool {
  readonly running: Set<Promise<unknown>>;
}

/**
 * Creates a pool that gives way to a new one when a connection breaks under a statement, or does not answer one. The driver (3.4.9) connects a connection that broke again, and answers
 * the first statement on it with what the server said when it ended the old one, without running it: each connection that was busy when the
 * server went would fail one request more, however long the server has been back. And a network that swallows what is sent on the connections that are open would go on to, for a
 * quarter of an hour, until the system gives up on them.
 * A pool that gave way is ended when what ran then has ended, at the deadline at most, and at once when another gives way: there are never more than twice as many connections. Where a statement is cut
 * off so, the server may go on with it until its own time limit.
 * @see porsager/postgres issue 1223
 */
export function createRenewablePool({ url, driver, deadlineMs, late }: RenewablePoolOptions): RenewablePool {
  const pools = createPools(() => openPool(url, driver), deadlineMs);

  async function run<Value>(work: () => PromiseLike<Value>): Promise<Value> {
    const pool = pools.newest();
    const answer = withDeadline((async () => work())(), deadlineMs, () => {
      pools.replace(pool);
      return late();
    });
    pool.running.add(answer);
    try {
      return await answer;
    } catch (error) {
      if (isBrokenConnection(error)) pools.replace(pool);
      throw error;
    } finally {
      pool.running.delete(answer);
    }
  }

  return {
    sql: new Proxy(pools.newest().sql, {
      get: (_, key) => Reflect.get(pools.newest().sql, key),
      apply: (_, self, parameters) => Reflect.apply(pools.newest().sql, self, parameters),
    }),
    run,
    close: pools.close,
  };
}

function openPool(url: string, options: DriverOptions): Pool {
  const pool = openDriverPool(url, options);
  // Drizzle has the driver leave times and documents as text: it says so to each pool that it is given.
  drizzle(pool.sql);
  return { ...pool, running: new Set() };
}

/** Keeps the newest pool, and those that gave way until they have ended. Makes none after `close`. */
function createPools(open: () => Pool, lingerMs: number) {
  const ending = new Set<Pool>();
  let isClosed = false;
  let newest = open();

  async function end(pool: Pool, waitMs: number): Promise<void> {
    ending.add(pool);
    const settled = Promise.allSettled(pool.running);
    await withDeadline(settled, waitMs, () => new Error('still running')).catch(() => undefined);
    await pool.end();
    ending.delete(pool);
  }

  return {
    newest: () => newest,
    replace(bad: Pool): void {
      if (isClosed || bad !== newest) return;
      for (const { end: endNow } of ending) void endNow();
      newest = open();
      void end(bad, lingerMs);
    },
    async close(waitMs: number): Promise<void> {
      isClosed = true;
      await Promise.all([...ending, newest].map((pool) => end(pool, waitMs)));
    },
  };
}
