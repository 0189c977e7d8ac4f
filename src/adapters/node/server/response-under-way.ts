import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The response that a connection of Node's server is busy with, also where it only waits for its upstream. Node keeps it there and has no public
 * name for it.
 */
export function responseUnderWay(socket: Duplex): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}
