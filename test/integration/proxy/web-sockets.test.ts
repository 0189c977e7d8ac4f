import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';
import {
  startHttpService,
  startTcpService,
  type TestService,
} from '../../support/servers/upstream-service.ts';
import { exchangeRaw } from '../../support/wire/raw-socket.ts';

const ended: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  while (ended.length > 0) await ended.pop()?.();
});

async function behind(service: TestService): Promise<ProxyUnderTest> {
  const proxy = await startProxy(service.origin);
  ended.push(
    () => service.close(),
    () => proxy.close(),
  );
  return proxy;
}

/** A proxy before a service that echoes what it is sent over a WebSocket. */
async function behindEcho(): Promise<ProxyUnderTest> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await new Promise((resolve) => sockets.once('listening', resolve));
  const { port } = sockets.address() as { port: number };
  const proxy = await startProxy(`http://127.0.0.1:${port}`);
  ended.push(
    () => sockets.close(),
    () => proxy.close(),
  );
  return proxy;
}

const handshake = (path: string, upgrade = 'websocket'): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('a WebSocket', () => {
  it('passes messages both ways, small and large, and closes when one side does', async () => {
    const proxy = await behindEcho();
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/alerts/ws`);
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));

    for (const text of ['hello', 'x'.repeat(5_000_000)]) {
      const answer = new Promise((resolve) => client.once('message', (data) => resolve(String(data))));
      client.send(text);
      expect(await answer).toBe(text);
    }
    client.close(4001);

    await new Promise((resolve) => client.once('close', resolve));
    expect(await proxy.observedNth(1)).toMatchObject({ status: 101, record: { path: '/alerts/ws' } });
  });

  it('is denied before the upstream hears of it', async () => {
    const service = await startHttpService();
    const proxy = await behind(service);

    const received = await exchangeRaw(proxy.port, handshake('/denied'));

    expect(received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*"code":"denied"/);
    expect(service.received).toEqual([]);
  });

  it.each([
    [
      'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno',
      /^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*Connection: close[\s\S]*\r\n\r\nno$/,
    ],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
    ],
    ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n', /^HTTP\/1\.1 502 /],
  ])(
    'that the upstream answers with %j gets that as an ordinary answer, and the connection ends',
    async (bytes, expected) => {
      const service = await startTcpService((socket) => {
        socket.once('data', () => socket.write(bytes));
      });
      const proxy = await behind(service);

      // A second request on the connection would be read by nobody, or by the wrong one.
      const received = await exchangeRaw(
        proxy.port,
        `${handshake('/ws')}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`,
      );

      expect(received).toMatch(expected);
      expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    },
  );

  it.each(['h2c', 'websocket, h2c', 'TLS/1.0'])(
    'is not what Upgrade: %s asks for: that request is an ordinary one',
    async (upgrade) => {
      const service = await startHttpService();
      const proxy = await behind(service);

      const received = await exchangeRaw(
        proxy.port,
        handshake('/x', upgrade).replace('Connection: Upgrade', 'Connection: close, Upgrade'),
      );

      expect(received).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(service.received[0]?.headers.map((text) => text.toLowerCase())).not.toContain('upgrade');
    },
  );

  it('is told that the server goes away', async () => {
    const proxy = await behindEcho();
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/ws`);
    await new Promise((resolve) => client.once('open', resolve));
    const closed = new Promise((resolve) => client.once('close', resolve));

    await proxy.close();

    expect(await closed).toBe(1001);
  });
});
