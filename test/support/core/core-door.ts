import { createServer, request } from 'node:http';
import { close, listen } from '../servers/loopback-server.ts';

/** What stands between an edge and its core: counts what is asked, and can be shut, so that the core seems down to that edge alone. */
export interface CoreDoor {
  readonly origin: string;
  /** How often that path was asked for so far, also while shut. Of revocations every edge asks by itself. */
  askedFor(path: string): number;
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** Puts an open door before the core at a port of this machine. */
export async function createCoreDoor(corePort: number): Promise<CoreDoor> {
  const asked: string[] = [];
  let isShut = false;
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    if (isShut) {
      incoming.socket.destroy();
      return;
    }
    const { method, url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port: corePort, method, path: url, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  const address = await listen(server);
  return {
    origin: `http://${address}`,
    askedFor: (path) => asked.filter((url) => url === path).length,
    shut() {
      isShut = true;
    },
    open() {
      isShut = false;
    },
    close: () => close(server),
  };
}
