import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { responseUnderWay } from './response-under-way.ts';

/** Node reads on while nothing is written: what waits behind an answer without an end must not be without an end too. */
const WAITING_MAX = 256;

/** Whose turn it is among the requests that came on one connection before the first was answered. */
export interface Turns {
  /** Calls when the responses before this one are complete; never, where the connection ends with one of them. Ends a connection on which too many wait. */
  wait(socket: Socket, outgoing: ServerResponse, serve: () => void): void;
}

/** Whether no response is under way before this one. */
export function isInTurn(socket: Socket, outgoing: ServerResponse): boolean {
  return responseUnderWay(socket) === outgoing;
}

/**
 * Creates them. Node hands over a request while the one before it is still being answered; what changes something and what asks about it would overtake each other, and the
 * answers not. Safe methods wait too, which is no loss to anybody: no browser and no proxy sends so. @see RFC 9112, section 9.3.2 (Pipelining)
 */
export function createTurns(): Turns {
  const queues = new WeakMap<Socket, { last: ServerResponse | undefined; count: number }>();
  return {
    wait(socket, outgoing, serve) {
      const queue = queues.get(socket) ?? { last: responseUnderWay(socket), count: 0 };
      queues.set(socket, queue);
      const before = queue.last;
      queue.last = outgoing;
      queue.count += 1;
      if (queue.count > WAITING_MAX) socket.destroy();
      before?.once('close', () => {
        queue.count -= 1;
        if (queue.count === 0) queues.delete(socket);
        // Else the connection is over, and nobody waits for the answer.
        if (isInTurn(socket, outgoing)) serve();
      });
    },
  };
}
