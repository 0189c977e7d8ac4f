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

/** Makes a pool of the driver's, of sockets of our own. Does NOT connect before the first statement. */
export function openDriverPool(url: string, options: DriverOptions): DriverPool {
  const sockets = createConnectionSockets();
  const socketOptions = { ...options, socket: (target: SocketTarget) => sockets.open(target) };
  const sql = postgres(url, socketOptions);
  return {
    sql,
    async end() {
      // The driver's own waiting never ends on a connection that broke under a statement.
      await sql.end({ timeout: 0 }).catch(() => undefined);
      sockets.destroy();
    },
  };
}
