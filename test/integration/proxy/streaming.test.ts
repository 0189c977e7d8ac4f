import { request } from 'node:http';
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

const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;

describe('what a client gets of a response', () => {
  it('is every field in order, with duplicates, and the body as it is', async () => {
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => {
        const fields = [
          'X-B',
          '1',
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'X-User-Id',
          'x',
          'Via',
          '1.1 v',
        ];
        outgoing.writeHead(201, [...fields, 'Set-Cookie', '__Host-wardgate_session=evil']);
        outgoing.end('body');
      }),
    );

    const received = await exchangeRaw(proxy.port, get('/x'));

    expect(received).toMatch(
      /^HTTP\/1\.1 201 Created\r\nX-B: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nVia: 1\.1 v\r\n/,
    );
    expect(received).not.toMatch(/evil|X-User-Id/);
    expect(received).toMatch(/\r\n\r\n4\r\nbody\r\n0\r\n\r\n$/);
  });

  it('is a redirect, not where it leads', async () => {
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => outgoing.writeHead(302, { Location: '/else' }).end()),
    );

    const response = await fetch(`${proxy.origin}/x`, { redirect: 'manual' });

    expect([response.status, response.headers.get('location')]).toEqual([302, '/else']);
  });

  it.each([
    [
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n',
      /200 OK\r\nContent-Length: 50\r\n[\s\S]*\r\n\r\n$/,
    ],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', /204 No Content\r\n[\s\S]*\r\n\r\n$/],
    [
      'GET',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n',
      /304 Not Modified\r\n[\s\S]*\r\n\r\n$/,
    ],
    [
      'GET',
      'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      /^HTTP\/1\.1 200 OK[\s\S]*ok$/,
    ],
    ['GET', 'HTTP/1.0 200 OK\r\n\r\nuntil the end', /^HTTP\/1\.1 200 OK[\s\S]*until the end\r\n0\r\n\r\n$/],
  ])('is whole for %s answered with %j', async (method, bytes, expected) => {
    const service = await startTcpService((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    const proxy = await behind(service);

    const received = await exchangeRaw(proxy.port, get('/x').replace('GET', method));

    expect(received).toMatch(expected);
    expect(received).not.toMatch(/103/);
  });

  it('comes event by event', async () => {
    let send = (_text: string): void => {};
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => {
        outgoing.writeHead(200, { 'Content-Type': 'text/event-stream' });
        outgoing.flushHeaders();
        send = (text) => outgoing.write(text);
      }),
    );

    const response = await fetch(`${proxy.origin}/stream`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();

    for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      send(event);
      expect(await reader?.read()).toEqual({ done: false, value: event });
    }
    await reader?.cancel();
  });
});

describe('when one side is slow or leaves', () => {
  it('reads no faster from the upstream than the client does', async () => {
    const block = Buffer.alloc(1024 * 1024);
    let written = 0;
    let stalled = (): void => {};
    const stall = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => {
        // Writes without end until nothing more is taken for a while.
        const write = (): void => {
          written += block.length;
          const timer = setTimeout(stalled, 500);
          outgoing.write(block, (error) => {
            clearTimeout(timer);
            if (!error) write();
          });
        };
        write();
      }),
    );
    const client = await openRawSocket(proxy.port);
    client.socket.pause();

    client.send(get('/endless'));
    await stall;

    expect(written).toBeLessThan(64 * block.length);
    client.close();
    expect((await proxy.observedNth(1)).status).toBe(499);
  });

  it('cancels the upstream request when the client leaves', async () => {
    let closed = (): void => {};
    const cancelled = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let reached = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => {
        outgoing.on('close', closed);
        reached();
      }),
    );
    const client = await openRawSocket(proxy.port);

    client.send(get('/slow'));
    await arrived;
    client.close();
    await cancelled;

    expect(await proxy.observedNth(1)).toMatchObject({ status: 499, record: { path: '/slow' } });
  });

  it('cuts off a client that stops in the middle of a body, with 408', async () => {
    const proxy = await behind(await startHttpService(), { idleTimeoutMs: 200 });
    const client = await openRawSocket(proxy.port);

    client.send('PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');

    expect(await client.until(/\}$/)).toMatch(/^HTTP\/1\.1 408 /);
    client.close();
  });

  it('takes an answer that comes before the body is whole, and keeps to it', async () => {
    const proxy = await behind(
      await startHttpService((_incoming, outgoing) => outgoing.writeHead(413).end('too much')),
    );

    const status = await new Promise((resolve, reject) => {
      const headers = { 'Content-Length': 50_000_000 };
      const sent = request({ port: proxy.port, method: 'PUT', path: '/', headers }, (received) => {
        received.resume().on('end', () => resolve(received.statusCode));
      });
      sent.on('error', reject);
      sent.write(Buffer.alloc(1_000_000));
    });

    expect(status).toBe(413);
  });
});
