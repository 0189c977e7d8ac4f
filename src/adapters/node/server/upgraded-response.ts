import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Makes the response of a request whose connection Node has already let go of for an upgrade, so that a refusal is written like any other
 * answer. The connection ends with that answer. To switch protocols, detach the connection from it instead.
 */
export function createUpgradedResponse(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket);
  const onDrain = (): void => void outgoing.emit('drain');
  socket.on('drain', onDrain);
  socket.on('error', () => socket.destroy());
  outgoing.once('finish', () => {
    socket.off('drain', onDrain);
    outgoing.detachSocket(socket);
    socket.destroySoon();
    outgoing.emit('close');
  });
  return outgoing;
}
