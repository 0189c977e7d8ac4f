import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { bondByHeader } from '../../support/gateway/bond-by-header.ts';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';
import { startHttpService } from '../../support/servers/upstream-service.ts';
import { createSteeredTimer, fire } from '../../support/time/steered-timer.ts';
import { openRawSocket } from '../../support/wire/raw-socket.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  while (ended.length > 0) await ended.pop()?.();
});

/**
 * A proxy before a service whose responses the test writes; `nextResponse` waits for the next one. For the end of a stream it waits until the test fires its timers: however
 * slow the machine is, none is overtaken.
 */
async function behindService(fields: Record<string, string> = {}) {
  const responses: ServerResponse[] = [];
  const waiting: ((response: ServerResponse) => void)[] = [];
  const service = await startHttpService((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', ...fields });
    outgoing.flushHeaders();
    const next = waiting.shift();
    if (next === undefined) responses.push(outgoing);
    else next(outgoing);
  });
  const { timer, timers } = createSteeredTimer();
  const proxy = await startProxy(service.origin, { bondOf: bondByHeader, timer });
  ended.push(
    () => service.close(),
    () => proxy.close(),
  );
  const nextResponse = (): Promise<ServerResponse> =>
    new Promise((resolve) => {
      const response = responses.shift();
      if (response === undefined) waiting.push(resolve);
      else resolve(response);
    });
  return { proxy, timers, nextResponse };
}

interface Reader {
  /** The events so far, as a browser's parser reads them. */
  readonly events: readonly EventSourceMessage[];
  /** Resolves when so many events were read. */
  has(count: number): Promise<void>;
  /** Resolves when the stream is over: `end` where it ended properly, `broken` where it was cut. */
  readonly over: Promise<'end' | 'broken'>;
}

async function read(proxy: ProxyUnderTest, headers: Record<string, string> = {}): Promise<Reader> {
  const leave = new AbortController();
  ended.push(() => leave.abort());
  const response = await fetch(`${proxy.origin}/stream`, { headers, signal: leave.signal });
  const events: EventSourceMessage[] = [];
  const checks: (() => void)[] = [];
  const parser = createParser({
    onEvent(event) {
      events.push(event);
      for (const check of checks) check();
    },
  });
  const pump = async (): Promise<'end'> => {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) parser.feed(text);
    return 'end';
  };
  return {
    events,
    has: (count) =>
      new Promise((resolve) => {
        const check = (): void => (events.length >= count ? resolve() : undefined);
        checks.push(check);
        check();
      }),
    over: pump().catch(() => 'broken'),
  };
}

const bySession = (session: string, more: Record<string, string> = {}) => ({
  'X-Test-Session': session,
  ...more,
});
const LAST = { event: 'wardgate.end', data: '{"code":"session_revoked"}' };

describe('a stream of events whose session is revoked', () => {
  it('ends with an event that says so, and the upstream’s is cancelled; another session’s goes on', async () => {
    const { proxy, nextResponse } = await behindService();
    const session = createId('session');
    const mine = await read(proxy, bySession(session));
    const upstream = await nextResponse();
    const cancelled = new Promise((resolve) => upstream.once('close', resolve));
    const other = await read(proxy, bySession(createId('session')));
    const othersUpstream = await nextResponse();
    const visitor = await read(proxy);
    const visitorsUpstream = await nextResponse();
    upstream.write('data: 1\n\n');
    await mine.has(1);
    expect(proxy.streams.counts().open).toBe(3);

    proxy.revoke('session', session);

    expect(await mine.over).toBe('end');
    expect(mine.events).toMatchObject([{ data: '1' }, LAST]);
    await cancelled;
    expect(await proxy.observedNth(1)).toMatchObject({ status: 200, record: { ended: 'session_revoked' } });
    othersUpstream.write('data: still here\n\n');
    visitorsUpstream.write('data: me too\n\n');
    await Promise.all([other.has(1), visitor.has(1)]);
    expect(proxy.observed).toHaveLength(1);
    expect(proxy.streams.counts().open).toBe(2);
  });

  it('ends before its first event as well', async () => {
    const { proxy, nextResponse } = await behindService();
    const session = createId('session');
    const reader = await read(proxy, bySession(session));
    await nextResponse();

    proxy.revoke('session', session);

    expect(await reader.over).toBe('end');
    expect(reader.events).toMatchObject([LAST]);
  });

  it('gets the rest of the event that is under way, and nothing after it', async () => {
    const { proxy, nextResponse } = await behindService();
    const session = createId('session');
    const reader = await read(proxy, bySession(session));
    const upstream = await nextResponse();
    upstream.write('data: 1\r\n\r\ndata: half');
    await reader.has(1);

    proxy.revoke('session', session);
    upstream.write(' and half\r\n');
    upstream.write('\r\ndata: 3\r\n\r\n');

    expect(await reader.over).toBe('end');
    expect(reader.events).toMatchObject([{ data: '1' }, { data: 'half and half' }, LAST]);
  });

  it('is broken off where the event that is under way does not end', async () => {
    const { proxy, timers, nextResponse } = await behindService();
    const session = createId('session');
    const reader = await read(proxy, bySession(session));
    (await nextResponse()).write('data: 1\n\ndata: half\n');
    await reader.has(1);

    proxy.revoke('session', session);

    expect(await fire(timers)).toBe(500);
    expect(await reader.over).toBe('broken');
    expect(reader.events).toMatchObject([{ data: '1' }]);
    expect(await proxy.observedNth(1)).toMatchObject({ status: 200, record: { ended: 'session_revoked' } });
  });

  it('ends with its last event, and every other one whole, while its upstream floods it', async () => {
    const { proxy, nextResponse } = await behindService();
    const session = createId('session');
    const reader = await read(proxy, bySession(session));
    const upstream = await nextResponse();
    const data = 'x'.repeat(100_000);
    const flood = (): void => {
      upstream.write(`data: ${data}\n\ndata: ${data}\n`, (error) => {
        if (!error) upstream.write('\n', () => setImmediate(flood));
      });
    };
    flood();
    await reader.has(20);

    proxy.revoke('session', session);

    expect(await reader.over).toBe('end');
    expect(reader.events.at(-1)).toMatchObject(LAST);
    expect(reader.events.slice(0, -1).every((event) => event.data === data)).toBe(true);
  });

  it('is cut where the client does not read', async () => {
    const { proxy, timers, nextResponse } = await behindService();
    const session = createId('session');
    const client = await openRawSocket(proxy.port);
    ended.push(() => client.close());
    client.socket.pause();
    client.send(`GET /stream HTTP/1.1\r\nHost: x\r\nX-Test-Session: ${session}\r\n\r\n`);
    const upstream = await nextResponse();
    await new Promise<void>((resolve) => {
      const write = (): void => {
        const timer = setTimeout(resolve, 300);
        upstream.write(`data: ${'x'.repeat(100_000)}\n\n`, (error) => {
          clearTimeout(timer);
          if (!error) write();
        });
      };
      write();
    });

    proxy.revoke('session', session);

    await fire(timers);
    expect(await proxy.observedNth(1)).toMatchObject({ record: { ended: 'session_revoked' } });
  });

  it('is broken off where its content is coded', async () => {
    const { proxy, nextResponse } = await behindService({ 'Content-Encoding': 'gzip' });
    const session = createId('session');
    const client = await openRawSocket(proxy.port);
    ended.push(() => client.close());
    client.send(`GET /stream HTTP/1.1\r\nHost: x\r\nX-Test-Session: ${session}\r\n\r\n`);
    (await nextResponse()).write(gzipSync('data: 1\n\n'));
    await client.until(/\r\n\r\n[^\r]+\r\n/);

    proxy.revoke('session', session);

    const received = await client.untilClosed();
    expect(received).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(received).not.toContain('wardgate');
  });
});

describe('a stream of events whose token expires', () => {
  it('ends, unless it may outlive it: then it goes on until it is revoked', async () => {
    const { proxy, nextResponse } = await behindService();
    const session = createId('session');
    const brief = bySession(session, { 'X-Test-Expires-In': '700' });
    const outliving = await read(proxy, { ...brief, 'X-Test-Outlive': 'yes' });
    const upstream = await nextResponse();
    const mortal = await read(proxy, brief);

    expect(await mortal.over).toBe('end');
    expect(mortal.events).toMatchObject([{ event: 'wardgate.end', data: '{"code":"token_expired"}' }]);
    upstream.write('data: still here\n\n');
    await outliving.has(1);
    proxy.revoke('session', session);
    expect(await outliving.over).toBe('end');
    expect(outliving.events).toMatchObject([{ data: 'still here' }, LAST]);
  });
});

it('a stream of events ends with another code when nobody can tell any more, or the server goes away', async () => {
  const { proxy } = await behindService();
  const mine = await read(proxy, bySession(createId('session')));
  const visitor = await read(proxy);

  proxy.setStale(true);
  expect(await mine.over).toBe('end');
  expect(mine.events).toMatchObject([{ data: '{"code":"revocations_unknown"}' }]);

  await proxy.close();
  expect(await visitor.over).toBe('end');
  expect(visitor.events).toMatchObject([{ data: '{"code":"going_away"}' }]);
});
