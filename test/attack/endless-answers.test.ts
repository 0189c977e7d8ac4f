import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProxy } from '../support/gateway/proxy-under-test.ts';
import { startProxyProcess } from '../support/gateway/start-proxy-process.ts';
import { startHttpService, type TestService } from '../support/servers/upstream-service.ts';
import { openRawSocket } from '../support/wire/raw-socket.ts';

const MIB = 1024 ** 2;
const BLOCK = Buffer.alloc(64 * 1024, 'x');
/** What another client is given meanwhile: by that time, an answer that was not held back would have grown as much. */
const READ_BYTES = 512 * MIB;
/** Above what the connections' buffers in the kernel hold on both sides of the proxy. */
const UNREAD_BYTES_MAX = 64 * MIB;
/** Above what buffers, and garbage not yet collected, cost; far below what was passed through. */
const GROWTH_BYTES_MAX = 150 * MIB;

const GET_ENDLESS = 'GET /endless HTTP/1.1\r\nHost: x\r\n\r\n';

let service: TestService;
let endlessBytes = 0;

/** Writes blocks as fast as they are taken, for as long as somebody takes them. */
function writeBlocks(outgoing: ServerResponse, mayWrite: () => boolean): void {
  while (mayWrite()) {
    if (!outgoing.write(BLOCK)) {
      outgoing.once('drain', () => writeBlocks(outgoing, mayWrite));
      return;
    }
  }
  outgoing.end();
}

beforeEach(async () => {
  endlessBytes = 0;
  service = await startHttpService((incoming, outgoing) => {
    let left = READ_BYTES;
    writeBlocks(outgoing, () => {
      if (incoming.url === '/endless') {
        endlessBytes += BLOCK.length;
        return !outgoing.destroyed;
      }
      left -= BLOCK.length;
      return left >= 0;
    });
  });
});

afterEach(() => service.close());

async function readWhole(port: number): Promise<number> {
  const { body } = await fetch(`http://127.0.0.1:${port}/read`);
  let bytes = 0;
  for await (const chunk of body ?? []) bytes += chunk.length;
  return bytes;
}

describe('an endless answer to a client that does not read (attack 57)', () => {
  it('is not taken from the upstream beyond what buffers hold, in bounded memory', async () => {
    const proxy = await startProxyProcess(service.origin);
    const client = await openRawSocket(proxy.port);
    try {
      client.send(GET_ENDLESS);
      await client.until(/^HTTP\/1\.1 200 OK\r\n/);
      client.socket.pause();

      expect(await readWhole(proxy.port)).toBe(READ_BYTES);

      expect(endlessBytes).toBeLessThan(UNREAD_BYTES_MAX);
      expect(await proxy.peakGrowthBytes()).toBeLessThan(GROWTH_BYTES_MAX);
    } finally {
      client.close();
      proxy.close();
    }
  });

  it('is ended, at the upstream too, when the client was silent for the idle timeout', async () => {
    const ended = Promise.withResolvers<void>();
    const endless = await startHttpService((_, outgoing) => {
      outgoing.on('close', () => ended.resolve());
      writeBlocks(outgoing, () => !outgoing.destroyed);
    });
    const proxy = await startProxy(endless.origin, { idleTimeoutMs: 200 });
    const client = await openRawSocket(proxy.port);
    try {
      client.socket.pause();
      client.send(GET_ENDLESS);

      await ended.promise;

      client.socket.resume();
      await client.untilClosed();
      expect(await proxy.observedNth(1)).toMatchObject({ status: 200 });
    } finally {
      client.close();
      await proxy.close();
      await endless.close();
    }
  });
});
