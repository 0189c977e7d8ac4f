import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createId } from '../../../src/identity/ids.ts';
import { bondByHeader } from '../../support/gateway/bond-by-header.ts';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';
import { startTcpService } from '../../support/servers/upstream-service.ts';
import { createSteeredTimer, fire } from '../../support/time/steered-timer.ts';
import { openRawSocket, type RawSocket } from '../../support/wire/raw-socket.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  while (ended.length > 0) await ended.pop()?.();
});

interface Closed {
  readonly code: number;
  readonly reason: string;
}

function closeOf(socket: WebSocket): Promise<Closed> {
  return new Promise((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
}

/** A proxy that waits for the end of a stream until the test fires its timers: however slow the machine is, none is overtaken. */
async function proxyBefore(port: number) {
  const { timer, timers } = createSteeredTimer();
  const proxy = await startProxy(`http://127.0.0.1:${port}`, { bondOf: bondByHeader, timer });
  ended.push(() => proxy.close());
  return { proxy, timers };
}

/** A proxy before a service of WebSockets; `closes` are the ends that the service saw, in order. */
async function behindService(onConnection: (socket: WebSocket) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  await new Promise((resolve) => server.once('listening', resolve));
  const closes: Promise<Closed>[] = [];
  server.on('connection', (socket) => {
    closes.push(closeOf(socket));
    onConnection(socket);
  });
  ended.push(() => server.close());
  return { ...(await proxyBefore((server.address() as { port: number }).port)), closes };
}

const behindEcho = () =>
  behindService((socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );

async function open(proxy: ProxyUnderTest, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/ws`, { headers });
  ended.push(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

function echoed(socket: WebSocket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(text);
  return answer;
}

const HANDSHAKE = (session: string): string =>
  `GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Test-Session: ${session}\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** A proxy before a service that writes bare bytes once the handshake is done, and a client that reads them so. */
async function openBare(session: string) {
  let accepted = (_socket: Socket): void => {};
  const upstream = new Promise<Socket>((resolve) => {
    accepted = resolve;
  });
  const service = await startTcpService((socket) =>
    socket.once('data', () => {
      socket.write(SWITCHING);
      accepted(socket);
    }),
  );
  ended.push(() => service.close());
  const { proxy, timers } = await proxyBefore(service.port);
  const client: RawSocket = await openRawSocket(proxy.port);
  ended.push(() => client.close());
  client.send(HANDSHAKE(session));
  await client.until(/\r\n\r\n/);
  return { proxy, timers, client, upstream: await upstream };
}

// As Latin-1 text, which is how the client reads.
const FRAME_HALF = new RegExp(`${String.fromCharCode(0x82, 4, 1, 2)}$`);
// Unmasked, with the code 4401.
const CLOSE_BYTES = Buffer.from([0x88, 17, 0x11, 0x31, ...Buffer.from('session_revoked')]).toString('latin1');

describe('a WebSocket whose session is revoked', () => {
  it('is closed on both sides with 4401 and the reason, and another session’s goes on', async () => {
    const { proxy, closes } = await behindEcho();
    const [mine, other] = [createId('session'), createId('session')];
    const socket = await open(proxy, { 'X-Test-Session': mine });
    expect(await echoed(socket, 'x'.repeat(100_000))).toHaveLength(100_000);
    const bystander = await open(proxy, { 'X-Test-Session': other });
    const visitor = await open(proxy);
    expect(proxy.streams.counts().open).toBe(3);

    proxy.revoke('session', mine);

    const expected = { code: 4401, reason: 'session_revoked' };
    expect(await closeOf(socket)).toEqual(expected);
    expect(await closes[0]).toEqual(expected);
    expect(await proxy.observedNth(1)).toMatchObject({ status: 101, record: { ended: 'session_revoked' } });
    expect(await echoed(bystander, 'still here')).toBe('still here');
    expect(await echoed(visitor, 'me too')).toBe('me too');
    expect(proxy.observed).toHaveLength(1);
    expect(proxy.streams.counts()).toEqual({ open: 2, ended: new Map([['session_revoked', 1]]) });
  });

  it('is closed between two frames: the one that is under way comes whole, and none after it', async () => {
    const session = createId('session');
    const { proxy, client, upstream } = await openBare(session);
    upstream.write(Buffer.from([0x82, 4, 1, 2]));
    await client.until(FRAME_HALF);

    proxy.revoke('session', session);
    upstream.write(Buffer.from([3, 4, 0x82, 1, 5]));

    const received = await client.until(/session_revoked$/);
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe(`\x82\x04\x01\x02\x03\x04${CLOSE_BYTES}`);
  });

  it('ends without a Close frame where the frame that is under way does not end', async () => {
    const session = createId('session');
    const { proxy, timers, client, upstream } = await openBare(session);
    upstream.write(Buffer.from([0x82, 4, 1, 2]));
    await client.until(FRAME_HALF);

    proxy.revoke('session', session);

    expect(await fire(timers)).toBe(500);
    expect((await client.untilClosed()).slice(-4)).toBe('\x82\x04\x01\x02');
    expect(await proxy.observedNth(1)).toMatchObject({ record: { ended: 'session_revoked' } });
  });

  it('ends where the client never answers the Close frame', async () => {
    const session = createId('session');
    const { proxy, timers, client, upstream } = await openBare(session);
    const upstreamClosed = new Promise((resolve) => upstream.once('close', resolve));

    proxy.revoke('session', session);

    await client.until(/session_revoked$/);
    expect([await fire(timers), client.endedBy(), await fire(timers)]).toEqual([500, undefined, 1000]);
    expect((await client.untilClosed()).slice(-CLOSE_BYTES.length)).toBe(CLOSE_BYTES);
    await upstreamClosed;
  });

  it('is closed while its upstream floods it', async () => {
    const { proxy } = await behindService((socket) => {
      const block = randomBytes(50_000);
      const flood = (): void => socket.send(block, (error) => error ?? setImmediate(flood));
      for (let at = 0; at < 20; at += 1) flood();
    });
    const session = createId('session');
    const socket = await open(proxy, { 'X-Test-Session': session });
    let messages = 0;
    await new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        expect(data).toHaveLength(50_000);
        messages += 1;
        if (messages === 10) resolve();
      }),
    );

    proxy.revoke('session', session);

    expect(await closeOf(socket)).toEqual({ code: 4401, reason: 'session_revoked' });
  });

  it('that the client does not read ends all the same', async () => {
    const session = createId('session');
    const { proxy, timers, client, upstream } = await openBare(session);
    client.socket.pause();
    const frame = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xff]), Buffer.alloc(65_535)]);
    const stalled = new Promise<void>((resolve) => {
      const write = (): void => {
        const timer = setTimeout(resolve, 300);
        upstream.write(frame, (error) => {
          clearTimeout(timer);
          if (!error) write();
        });
      };
      write();
    });
    await stalled;

    proxy.revoke('session', session);

    for (const { call } of [...timers]) call();
    expect(await proxy.observedNth(1)).toMatchObject({ status: 101, record: { ended: 'session_revoked' } });
  });

  it('before the upstream accepted it is closed as soon as it is open', async () => {
    const session = createId('session');
    let asked = (_socket: Socket): void => {};
    const asking = new Promise<Socket>((resolve) => {
      asked = resolve;
    });
    const service = await startTcpService((socket) => socket.once('data', () => asked(socket)));
    ended.push(() => service.close());
    const { proxy, timers } = await proxyBefore(service.port);
    const client = await openRawSocket(proxy.port);
    client.send(HANDSHAKE(session));
    const upstream = await asking;

    proxy.revoke('session', session);
    upstream.write(SWITCHING);

    expect(await client.until(/session_revoked$/)).toContain(`\r\n\r\n${CLOSE_BYTES}`);
    expect([await fire(timers), await fire(timers)]).toEqual([500, 1000]);
    await client.untilClosed();
  });

  it('is the only one that closes among two thousand', async () => {
    const { proxy, timers } = await behindEcho();
    const sessions = Array.from({ length: 2_000 }, () => createId('session'));
    const clients: RawSocket[] = [];
    for (const session of sessions) {
      const client = await openRawSocket(proxy.port);
      clients.push(client);
      client.send(HANDSHAKE(session));
    }
    ended.push(() => clients.map((client) => client.close()));
    await Promise.all(clients.map((client) => client.until(/\r\n\r\n/)));
    expect(proxy.streams.counts().open).toBe(2_000);

    proxy.revoke('session', sessions[1234] ?? '');

    expect(await clients[1234]?.until(/session_revoked$/)).toContain(CLOSE_BYTES);
    expect([await fire(timers), await fire(timers)]).toEqual([500, 1000]);
    await clients[1234]?.untilClosed();
    await proxy.observedNth(1);
    expect(proxy.streams.counts().open).toBe(1_999);
    expect(clients.filter((client) => client.endedBy() !== undefined)).toHaveLength(1);
  });
});

describe('a WebSocket whose token expires', () => {
  it('is closed with 4401, unless it may outlive it: then it goes on until it is revoked', async () => {
    const { proxy } = await behindEcho();
    const session = createId('session');
    const headers = { 'X-Test-Session': session, 'X-Test-Expires-In': '700' };
    const [mortalClose, outliving] = await Promise.all([
      // Listened for from when it is open: it may be over before the other one is.
      open(proxy, headers).then(closeOf),
      open(proxy, { ...headers, 'X-Test-Outlive': 'yes' }),
    ]);

    expect(mortalClose).toEqual({ code: 4401, reason: 'token_expired' });
    expect(await echoed(outliving, 'still here')).toBe('still here');
    proxy.revoke('session', session);
    expect(await closeOf(outliving)).toEqual({ code: 4401, reason: 'session_revoked' });
  });
});

it('a WebSocket is closed with 1013 when nobody can tell any more what is revoked', async () => {
  const { proxy } = await behindEcho();
  const socket = await open(proxy, { 'X-Test-Session': createId('session') });
  const visitor = await open(proxy);

  proxy.setStale(true);

  expect(await closeOf(socket)).toEqual({ code: 1013, reason: 'revocations_unknown' });
  expect(await echoed(visitor, 'still here')).toBe('still here');
});
