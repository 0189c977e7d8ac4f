import { randomInt } from 'node:crypto';
import { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Starts a server on a free port of this machine and returns its address: `127.0.0.1:49152`. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Closes a server, and every connection to one of HTTP. */
export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if (server instanceof HttpServer) server.closeAllConnections();
  });
}

// Systems give ports from above to whoever asks for any, and to connections that go out (Linux from 32768 on): none of those takes one of these meanwhile.
const [PORTS_FIRST, PORTS_END] = [10_000, 32_000];

/** A port that nobody listens on, for programs that cannot be told to choose one themselves, and for what goes and comes back at the same address. */
export async function freePort(): Promise<number> {
  const port = randomInt(PORTS_FIRST, PORTS_END);
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}

/** The port of an address. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
