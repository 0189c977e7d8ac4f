import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProxyProcess, startProxyProcess } from '../../support/gateway/start-proxy-process.ts';
import { startHttpService, type TestService } from '../../support/servers/upstream-service.ts';

const GIB = 1024 ** 3;
const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** A body held in memory would cost its whole size; buffers, and garbage not yet collected, cost far less. */
const GROWTH_MAX = 150 * 1024 ** 2;

let service: TestService;
let proxy: ProxyProcess;
let uploadedBytes = 0;

beforeEach(async () => {
  uploadedBytes = 0;
  service = await startHttpService((incoming, outgoing) => {
    if (incoming.method === 'GET') {
      writeBody(outgoing, GIB);
      return;
    }
    incoming.on('data', (chunk: Buffer) => {
      uploadedBytes += chunk.length;
    });
    incoming.on('end', () => outgoing.end('whole'));
  });
  proxy = await startProxyProcess(service.origin);
});

afterEach(async () => {
  proxy.close();
  await service.close();
});

/** Writes a body of so many bytes, as fast as it is taken. */
function writeBody(stream: NodeJS.WritableStream, bytes: number): void {
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!stream.write(CHUNK)) {
        stream.once('drain', write);
        return;
      }
    }
    stream.end();
  };
  write();
}

/** Exchanges a request for a response and counts the bytes of its body. */
function transfer(method: 'GET' | 'PUT', headers: Record<string, string | number>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: proxy.port, method, path: '/', headers }, (received) => {
      let bytes = 0;
      received.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      received.on('end', () => resolve(bytes)).on('error', reject);
    });
    sent.on('error', reject);
    if (method === 'PUT') writeBody(sent, GIB);
    else sent.end();
  });
}

it.each([
  ['with a length', { 'Content-Length': GIB }],
  ['in chunks', { 'Transfer-Encoding': 'chunked' }],
])('passes an upload of 1 GiB %s in flat memory', async (_, headers) => {
  expect(await transfer('PUT', headers)).toBe('whole'.length);
  expect(uploadedBytes).toBe(GIB);
  expect(await proxy.peakGrowthBytes()).toBeLessThan(GROWTH_MAX);
});

it('passes a download of 1 GiB in flat memory', async () => {
  expect(await transfer('GET', {})).toBe(GIB);
  expect(await proxy.peakGrowthBytes()).toBeLessThan(GROWTH_MAX);
});
