import { describe, expect, it } from 'vitest';
import { endableEvents } from '../../../../src/gateway/proxy/endable-events.ts';
import { lastEvent, type StreamEnd } from '../../../../src/gateway/streams/stream-end.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function openStream(kind: 'plain' | 'sealed' = 'plain') {
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  const seen = { cancelled: false, left: false };
  const upstream = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  let end = (_why: StreamEnd): void => {};
  const stream = endableEvents(upstream, kind, (ending) => {
    end = ending;
    return () => {
      seen.left = true;
    };
  });
  const reader = stream.getReader();
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await reader.read();
    return done ? undefined : new TextDecoder().decode(value);
  };
  return {
    seen,
    next,
    leave: () => reader.cancel(),
    end: (why: StreamEnd) => end(why),
    send: (text: string) => source?.enqueue(encode(text)),
    close: () => source?.close(),
    fail: () => source?.error(new Error('reset')),
    async rest(): Promise<string> {
      let text = '';
      for (let part = await next(); part !== undefined; part = await next()) text += part;
      return text;
    },
  };
}

describe('a stream of events that can be ended', () => {
  it('passes what comes as it comes, and its end', async () => {
    const stream = openStream();
    stream.send('data: 1\n\n');
    expect(await stream.next()).toBe('data: 1\n\n');
    stream.send('data: half');
    expect(await stream.next()).toBe('data: half');
    stream.close();
    expect(await stream.rest()).toBe('');
    expect(stream.seen.left).toBe(true);
  });

  it('ends with an event of ours between two others, and cancels its source', async () => {
    const stream = openStream();
    stream.send('data: 1\n\n');
    await stream.next();
    stream.end('session_revoked');
    expect(await stream.rest()).toBe(lastEvent('session_revoked'));
    expect(stream.seen).toEqual({ cancelled: true, left: true });
  });

  it('lets the event under way end first, and passes nothing after it', async () => {
    const stream = openStream();
    stream.send('data: ha');
    await stream.next();
    stream.end('token_expired');
    stream.send('lf\n\ndata: next\n\n');
    expect(await stream.rest()).toBe(`lf\n\n${lastEvent('token_expired')}`);
  });

  it('fails where the event under way does not end, or none can be added', async () => {
    const stream = openStream();
    stream.send('data: ha');
    await stream.next();
    stream.end('session_revoked');
    await expect(stream.rest()).rejects.toThrow('session_revoked');

    const sealed = openStream('sealed');
    sealed.end('session_revoked');
    await expect(sealed.rest()).rejects.toThrow('session_revoked');
    expect(sealed.seen.cancelled).toBe(true);
  });

  it('is watched no longer when its source fails, or its reader goes away', async () => {
    const failing = openStream();
    failing.fail();
    await expect(failing.rest()).rejects.toThrow('reset');
    expect(failing.seen.left).toBe(true);

    const left = openStream();
    await left.leave();
    expect(left.seen).toEqual({ cancelled: true, left: true });
  });
});
