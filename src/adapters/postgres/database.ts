import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { Log } from '../../lib/log.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { toPortError } from './database-errors.ts';
import type { DriverOptions } from './driver-pool.ts';
import { type Listening, openListeningConnection } from './listening-connection.ts';
import { createRenewablePool } from './renewable-pool.ts';

/** A pool of connections to Postgres. */
export interface Database {
  readonly db: PostgresJsDatabase;
  /** The driver itself; times come as text. Its failures are NOT translated: stores use `query`. */
  readonly sql: postgres.Sql;
  /**
   * Runs work on the database, and is the one place that says what its failures mean: UnavailableError ('database') when the
   * database could not tell or did not within the deadline, StatementError for a bug. Does NOT try again.
   */
  query<Value>(work: (db: PostgresJsDatabase) => PromiseLike<Value>): Promise<Value>;
  /** Asks the database for a sign of life; throws UnavailableError. */
  ping(): Promise<void>;
  /** Listens to a channel on a connection beside the pool, whatever happens to the server, until what it answers with ends it. */
  listen(listening: Listening): () => Promise<void>;
  /** Waits five seconds at most for what `query` runs, then closes all connections. */
  close(): Promise<void>;
}

/** What it takes to connect. */
export interface DatabaseOptions {
  readonly url: string;
  readonly log: Log;
  /** How many connections at most; default 10. */
  readonly poolMax?: number;
  /** Default 10 s; the caller's own deadline is two seconds longer, for the case that the network swallows the answer. */
  readonly statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_SECONDS = 5;
const CLOSE_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const ANSWER_MARGIN_MS = 2_000;
// Should anything hold a transaction open, its locks go after this.
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
// The driver's own wait grows to 20 s; a database that is back should be used at once.
const RECONNECT_DELAY_SECONDS = 0.1;

/** Creates a pool. Does NOT connect before the first query, and connects again by itself after the database was away. */
export function connectDatabase(options: DatabaseOptions): Database {
  const { url, log, poolMax = 10, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const deadlineMs = statementTimeoutMs + ANSWER_MARGIN_MS;
  const driver = driverOptions(log, poolMax, statementTimeoutMs);
  const late = () => new UnavailableError('database', `the database gave no answer within ${deadlineMs} ms`);
  const pool = createRenewablePool({ url, driver, deadlineMs, late });
  const db = drizzle(pool.sql);

  async function query<Value>(work: (db: PostgresJsDatabase) => PromiseLike<Value>): Promise<Value> {
    try {
      return await pool.run(() => work(db));
    } catch (error) {
      throw toPortError(error);
    }
  }

  return {
    db,
    sql: pool.sql,
    query,
    listen: (listening) => openListeningConnection({ url, listening, log }),
    ping: async () => {
      await query((known) => known.execute('select 1'));
    },
    close: () => pool.close(CLOSE_TIMEOUT_MS),
  };
}

function driverOptions(log: Log, poolMax: number, statementTimeoutMs: number): DriverOptions {
  return {
    max: poolMax,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: () => RECONNECT_DELAY_SECONDS,
    // The types are few and known: no round trip to ask for others.
    fetch_types: false,
    onnotice: ({ code, severity }) => log.debug('notice of the database', { code, severity }),
    connection: {
      application_name: 'wardgate',
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
  };
}
