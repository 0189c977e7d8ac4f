import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProxySettings, type ProxyUnderTest, startProxy } from '../support/gateway/proxy-under-test.ts';
import { startHttpService, type TestService } from '../support/servers/upstream-service.ts';
import { exchangeRaw, openRawSocket } from '../support/wire/raw-socket.ts';

let service: TestService;
let proxy: ProxyUnderTest;
beforeEach(async () => {
  service = await startHttpService();
  proxy = await startProxy(service.origin);
});
afterEach(async () => {
  await proxy.close();
  await service.close();
});

async function restart(settings: ProxySettings): Promise<void> {
  await proxy.close();
  proxy = await startProxy(service.origin, settings);
}

describe('bytes with more than one reading (attack 56)', () => {
  it.each([
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG',
    ],
    [
      'chunks and a length',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a list of lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na'],
    ['a signed length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na'],
    ['an unknown coding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    [
      'chunked before another coding',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
    ],
    ['a space before the colon', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\na'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n X-User-Id: evil\r\n\r\n'],
    ['bare line feeds', 'GET / HTTP/1.1\nHost: x\nX-A: 1\n\n'],
    ['a bare line feed in a field', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\nX-User-Id: evil\r\n\r\n'],
    ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\rX-User-Id: evil\r\n\r\n'],
    ['NUL in a value', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\0 2\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nX-A: 1\r\n\r\n'],
    ['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
  ])('refuses %s with 400 and closes', async (_, bytes) => {
    const received = await exchangeRaw(proxy.port, bytes);

    expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(service.received).toHaveLength(0);
  });

  it.each([
    ['gzip, chunked', 'transfer_coding_unknown'],
    ['chunked\r\nTransfer-Encoding: chunked', 'request_malformed'],
    ['chunked, chunked', 'request_malformed'],
  ])('refuses a body that is coded in more than chunks (%j) as %s', async (coding, code) => {
    const received = await exchangeRaw(
      proxy.port,
      `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`,
    );

    expect(received).toContain(`"code":"${code}"`);
    expect(service.received).toHaveLength(0);
  });

  it('tells the observer of bytes that are no request, of too many fields and of other versions', async () => {
    const before = proxy.observed.length;
    const fields = 'X-A: 1\r\n'.repeat(2000);
    await exchangeRaw(proxy.port, 'GET / HTTP/1.1\r\nHost : x\r\n\r\n');
    await exchangeRaw(proxy.port, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`);
    await exchangeRaw(proxy.port, 'GET / HTTP/2.0\r\nHost: x\r\n\r\n');

    await proxy.observedNth(before + 3);
    expect(
      proxy.observed.slice(before).map(({ record, status }) => [record.outcome, record.method, status]),
    ).toEqual([
      ['unreadable', '', 400],
      ['unreadable', 'GET', 431],
      ['unreadable', 'GET', 505],
    ]);
  });

  it('refuses two hosts', async () => {
    const received = await exchangeRaw(
      proxy.port,
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
    );

    expect(received).toMatch(/^HTTP\/1\.1 400 [\s\S]*header_repeated/);
    expect(service.received).toHaveLength(0);
  });

  it('forwards a body on GET with one length, and nothing of it as a request', async () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const request = `GET /first HTTP/1.1\r\nHost: x\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`;

    const received = await exchangeRaw(
      proxy.port,
      `${request}GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );

    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(service.received).toMatchObject([
      { url: '/first', bodyBytes: smuggled.length },
      { url: '/last', bodyBytes: 0 },
    ]);
  });

  it('forwards chunks without their extensions', async () => {
    const body = '3;name="a\tb"\r\nabc\r\n0\r\n\r\n';
    await exchangeRaw(
      proxy.port,
      `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    );

    expect(service.received).toMatchObject([{ bodyBytes: 3 }]);
  });

  it('does not take the body of a refused request for the next one', async () => {
    const body = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const denied = `POST /denied HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    const received = await exchangeRaw(
      proxy.port,
      `${denied}GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );

    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200']);
    expect(service.received).toMatchObject([{ url: '/next' }]);
  });

  it('closes after refusing a client that waits for 100 Continue', async () => {
    const head = 'Host: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';

    expect(await exchangeRaw(proxy.port, `POST /denied HTTP/1.1\r\n${head}`)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*Connection: close/,
    );
    const raw = await openRawSocket(proxy.port);
    raw.send(`POST /ok HTTP/1.1\r\n${head}`);
    await raw.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    raw.send('12345');
    await raw.until(/HTTP\/1\.1 200 OK/);
    raw.close();
    expect(service.received).toMatchObject([{ url: '/ok', bodyBytes: 5 }]);
  });

  it('answers CONNECT with 405 and closes', async () => {
    const received = await exchangeRaw(proxy.port, 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n');

    expect(received).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe('too much, too slowly (attack 57)', () => {
  it('refuses 64 KiB of headers with 431', async () => {
    const received = await exchangeRaw(
      proxy.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(64 * 1024)}\r\n\r\n`,
    );

    expect(received).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('refuses more fields than it would look at, rather than dropping some', async () => {
    const received = await exchangeRaw(
      proxy.port,
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'A: 1\r\n'.repeat(200)}\r\n`,
    );

    expect(received).toMatch(/^HTTP\/1\.1 431 [\s\S]*headers_too_large/);
  });

  it('ends connections whose headers do not come in time, also those that send nothing', async () => {
    await restart({ limits: { headersTimeoutMs: 300 } });
    const slow = await openRawSocket(proxy.port);
    slow.send('GET / HTTP/1.1\r\nHost: x\r\nX-A: ');
    const idle = await Promise.all(Array.from({ length: 300 }, () => openRawSocket(proxy.port)));

    await Promise.all(idle.map((raw) => raw.untilClosed()));

    expect(await slow.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('takes no more connections than it may have', async () => {
    await restart({ limits: { connectionsMax: 5 } });
    const open = await Promise.all(Array.from({ length: 8 }, () => openRawSocket(proxy.port)));

    await Promise.all(open.slice(5).map((raw) => raw.untilClosed()));
    open[0]?.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');

    expect(await open[0]?.until(/200 OK/)).toBeDefined();
    for (const raw of open) raw.close();
  });
});

describe('connections that are used again (attack 44)', () => {
  it('never gives a client the answer to a request that another left', async () => {
    const rounds = Array.from({ length: 60 }, async (_, index) => {
      if (index % 2 === 0) {
        const raw = await openRawSocket(proxy.port);
        raw.send(`GET /left-${index} HTTP/1.1\r\nHost: x\r\n\r\n`);
        raw.close();
        return true;
      }
      const answer = (await (await fetch(`${proxy.origin}/kept-${index}`)).json()) as { url: string };
      return answer.url === `/kept-${index}`;
    });

    expect(await Promise.all(rounds)).not.toContain(false);
  });
});
