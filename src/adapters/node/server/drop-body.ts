import type { IncomingMessage } from 'node:http';

/**
 * Reads and drops what is left of an answered request's body, and cuts the connection when that takes too long. Closing at once could
 * reset the connection before the client has read its answer. @see RFC 9112, section 9.6 (Tear-down)
 */
export function dropBody(incoming: IncomingMessage, withinMs: number): void {
  if (incoming.complete || incoming.socket.destroyed) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.complete || incoming.socket.destroy(), withinMs);
  incoming.once('close', () => clearTimeout(timer));
}
