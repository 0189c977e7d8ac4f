import { afterEach, describe, expect, it } from 'vitest';
import {
  type ProxySettings,
  type ProxyUnderTest,
  startProxy,
} from '../../support/gateway/proxy-under-test.ts';
import {
  startHttpService,
  startTcpService,
  type TestService,
} from '../../support/servers/upstream-service.ts';
import { exchangeRaw, openRawSocket } from '../../support/wire/raw-socket.ts';

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ended.length > 0) await ended.pop()?.();
});

async function behind(service: TestService, settings?: ProxySettings): Promise<ProxyUnderTest> {
  const proxy = await startProxy(service.origin, settings);
  ended.push(
    () => service.close(),
    () => proxy.close(),
  );
  return proxy;
}

/** A proxy before a service that answers every request with these bytes and then closes the connection, or not. */
async function behindBytes(bytes: string, close = true, settings?: ProxySettings): Promise<ProxyUnderTest> {
  const service = await startTcpService((socket) => {
    socket.once('data', () => {
      socket.write(bytes, 'latin1');
      if (close) socket.end();
    });
  });
  return behind(service, settings);
}

describe('an upstream that does not answer', () => {
  it('is 502 when it refuses the connection', async () => {
    const service = await startHttpService();
    const proxy = await behind(service);
    await service.close();

    const response = await fetch(`${proxy.origin}/x`);

    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'upstream_failed', request_id: 'req-1' });
    expect(await proxy.observedNth(1)).toMatchObject({ status: 502 });
  });

  it('is 504 when connecting takes too long', async () => {
    // Takes the connection and never answers the handshake of TLS, which is part of connecting.
    const silent = await startTcpService(() => {});
    const proxy = await behind(
      { ...silent, origin: `https://127.0.0.1:${silent.port}` },
      { connectTimeoutMs: 200 },
    );

    expect((await fetch(`${proxy.origin}/x`)).status).toBe(504);
  });

  it('is 504 when no headers come in time', async () => {
    const proxy = await behindBytes('', false, { headersTimeoutMs: 200 });

    const response = await fetch(`${proxy.origin}/x`);

    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'upstream_timeout' });
  });

  it('is 502 when it closes the connection, and a POST is sent once only', async () => {
    let requests = 0;
    const service = await startTcpService((socket) => {
      socket.once('data', () => {
        requests += 1;
        socket.end();
      });
    });
    const proxy = await behind(service);

    expect((await fetch(`${proxy.origin}/x`, { method: 'POST' })).status).toBe(502);
    expect(requests).toBe(1);
    expect((await fetch(`${proxy.origin}/x`)).status).toBe(502);
    expect(requests).toBe(3);
  });

  it('is asked once more when it closes an idle connection under a GET', async () => {
    let connections = 0;
    const service = await startTcpService((socket) => {
      connections += 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests > 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const proxy = await behind(service);
    await (await fetch(`${proxy.origin}/1`)).text();

    const second = await fetch(`${proxy.origin}/2`);

    expect([second.status, await second.text()]).toEqual([200, 'ok']);
    expect(connections).toBe(2);
  });
});

describe('an upstream that answers nonsense', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
    ],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n\tX-B: 2\r\nContent-Length: 0\r\n\r\n'],
    ['a control byte in a value', 'HTTP/1.1 200 OK\r\nX-A: 1\x012\r\nContent-Length: 0\r\n\r\n'],
    [
      'an unasked switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['100 KiB of headers', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100 * 1024)}\r\nContent-Length: 0\r\n\r\n`],
  ])('is 502 for %s', async (_, bytes) => {
    const proxy = await behindBytes(bytes);

    expect((await fetch(`${proxy.origin}/x`)).status).toBe(502);
  });

  it('does not let the rest of a response become the next one', async () => {
    const proxy = await behindBytes(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      false,
    );

    for (const path of ['/1', '/2', '/3']) expect(await (await fetch(proxy.origin + path)).text()).toBe('ok');
  });
});

describe('an upstream that dies in the middle of a body', () => {
  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'],
  ])('with %s: the client does not take the part for the whole', async (_, bytes) => {
    const proxy = await behindBytes(bytes);

    const response = await fetch(`${proxy.origin}/x`);

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await proxy.observedNth(1)).toMatchObject({ status: 200 });
  });

  it('resets the connection of an HTTP/1.0 client, to whom the end would look clean', async () => {
    const proxy = await behindBytes(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n',
      false,
      {
        idleTimeoutMs: 200,
      },
    );
    const raw = await openRawSocket(proxy.port);

    raw.send('GET / HTTP/1.0\r\nHost: x\r\n\r\n');
    await raw.until(/part/);
    await raw.untilClosed();

    expect(raw.endedBy()).toBe('ECONNRESET');
  });

  it('cuts the response off when the upstream is silent for too long', async () => {
    const proxy = await behindBytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', false, {
      idleTimeoutMs: 200,
    });

    const received = await exchangeRaw(proxy.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');

    expect(received).toMatch(/part$/);
  });
});
