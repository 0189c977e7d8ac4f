import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { responseUnderWay } from './response-under-way.ts';

/**
 * Keeps the connections of a server, and answers with what ends those on which nothing is under way and nothing came since the call before. Stands in for Node's own
 * `closeIdleConnections`, which takes a connection for idle while its client is still reading the answer, and cuts it. Does NOT end connections that were let go of for an upgrade.
 */
export function endsQuietConnections(server: Server, upgraded: ReadonlySet<Socket>): () => void {
  /** The open ones, with how many bytes had come from each at the last call. */
  const open = new Map<Socket, number | undefined>();
  server.on('connection', (socket) => {
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  // Node calls it by itself when the server closes.
  server.closeIdleConnections = () => {};
  return () => {
    for (const [socket, bytesRead] of open) {
      if (upgraded.has(socket) || responseUnderWay(socket) !== undefined) continue;
      if (bytesRead === socket.bytesRead) socket.destroy();
      else open.set(socket, socket.bytesRead);
    }
  };
}
