import { Socket } from 'node:net';

/** Where the driver wants to connect to: one of several hosts, or a path. */
export interface SocketTarget {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false;
}

/** The sockets of one pool. */
export interface ConnectionSockets {
  /** Opens a socket to the target; where there are several hosts, each time to the next. Throws after `destroy`. */
  open(target: SocketTarget): Socket;
  /** Lets go of all sockets, whether or not the other end takes note; what was written before still goes out where it can. */
  destroy(): void;
}

/**
 * Makes the sockets of a pool. When the other end ends a connection without a word, the socket fails: the driver (3.4.9) takes an end without a failure, while it connects, for a reason to connect
 * again at once, and goes on so without an end or a pause where something takes connections in the name of a server that is away. Does NOT see the
 * end of a connection after its TLS handshake.
 */
export function createConnectionSockets(): ConnectionSockets {
  const sockets = new Set<Socket>();
  let tries = 0;
  let isOver = false;

  return {
    open({ host: hosts, port: ports, path }) {
      if (isOver) throw new Error('the pool has ended');
      // The driver takes its listeners off when TLS begins, and ours with them: so nothing waits for the end of each.
      for (const socket of sockets) if (socket.destroyed) sockets.delete(socket);
      const [host, port] = [hosts[tries % hosts.length], ports[tries % ports.length]];
      tries += 1;
      // The driver reads where a socket leads to from these, for the server's name in TLS and for what its errors say.
      const socket = Object.assign(new Socket(), path === false ? { host, port } : {});
      sockets.add(socket);
      closesInPeace(socket);
      socket.once('end', () => {
        if (socket.bytesRead === 0) socket.destroy(nobodyThere());
      });
      socket.once('error', (error) => {
        // A reset in place of the first word is a connection that could not be made, and none that broke.
        if (socket.bytesRead === 0) Object.assign(error, { syscall: 'connect' });
      });
      // The driver has its listeners on the socket before a failure to connect can come.
      queueMicrotask(() => {
        if (path !== false) socket.connect({ path });
        else socket.connect({ host: host ?? '', port: port ?? 0 });
      });
      return socket;
    },
    destroy() {
      isOver = true;
      for (const socket of sockets) {
        if (socket.connecting) socket.destroy();
        else socket.destroySoon();
      }
    },
  };
}

function nobodyThere(): Error {
  const code = 'CONNECTION_REFUSED';
  return Object.assign(new Error(`the other end took the connection and ended it (${code})`), { code });
}

/**
 * Has a socket close as if it had not failed: a turn of the event loop lies between its failure and its close, and what the driver is asked in that turn on
 * this connection it fails only at a close without a failure; otherwise it waits for ever.
 */
function closesInPeace(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...told: unknown[]) => boolean;
  socket.emit = (event: string | symbol, ...told: unknown[]) =>
    event === 'close' ? emit(event, false) : emit(event, ...told);
}
