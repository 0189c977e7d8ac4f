import postgres from 'postgres';
import { createConnectionSockets, type SocketTarget } from './connection-sockets.ts';

/** What the driver can be made with, and what its own types leave out of that. */
export type DriverOptions = postgres.Options<Record<string, never>> & {
  readonly onnotify?: () => void;
};

/** The driver, and its end. */
export interface DriverPool {
  readonly sql: postgres.Sql;
  /** Ends all connections at once, and fails what runs on them. Nothing of the pool is left, whatever the network does. */
  end(): Promise<void>;
}

/** A statement of the driver's, with what its own types leave out. */
type Statement = ReturnType<postgres.Sql['unsafe']> & { resolve(rows: unknown[]): void };

/**
 * Makes a pool of the driver's, of sockets of our own. Does NOT connect before the first statement, and mends the answers of `unsafe` alone, which Drizzle runs everything
 * by: the driver (3.4.9) counts the rows that came before a failure to the next answer on that connection, which would begin with as many holes, and look as if there was no first row.
 * @see porsager/postgres issue 1181
 */
export function openDriverPool(url: string, options: DriverOptions): DriverPool {
  const sockets = createConnectionSockets();
  const socketOptions = { ...options, socket: (target: SocketTarget) => sockets.open(target) };
  const sql = postgres(url, socketOptions);
  const { unsafe } = sql;
  Object.assign(sql, { unsafe: (...given: Parameters<typeof unsafe>) => withoutHoles(unsafe(...given)) });
  return {
    sql,
    async end() {
      // The driver's own waiting never ends on a connection that broke under a statement.
      await sql.end({ timeout: 0 }).catch(() => undefined);
      sockets.destroy();
    },
  };
}

function withoutHoles(pending: ReturnType<postgres.Sql['unsafe']>): Statement {
  const statement = pending as Statement;
  const { resolve } = statement;
  statement.resolve = (rows) => {
    if (rows.length > 0 && !(0 in rows))
      rows.splice(
        0,
        rows.findIndex((_, index) => index in rows),
      );
    resolve(rows);
  };
  return statement;
}
