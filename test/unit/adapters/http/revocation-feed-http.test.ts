import { describe, expect, it } from 'vitest';
import { createCores } from '../../../../src/adapters/http/cores.ts';
import { createHttpFollowRevocations } from '../../../../src/adapters/http/revocation-feed-http.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { RevocationBatch } from '../../../../src/identity/revocation.ts';
import { toRevocationBatchJson } from '../../../../src/identity/revocation-batch-json.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createSteeredTimer, fire, settle } from '../../../support/time/steered-timer.ts';

const CLIENT = { id: 'edge', secret: 'a-secret-of-the-edge' };
const SESSION = createId('session');
const ENDED: RevocationBatch = {
  revocations: [{ kind: 'session', id: SESSION, revokedAtMs: 1 }],
  cursor: 'c1',
};
const BEAT: RevocationBatch = { revocations: [], cursor: 'c2' };

/** One connection as a core sees it. */
interface Connection {
  readonly url: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

const eventOf = (batch: RevocationBatch) =>
  `id: ${batch.cursor}\ndata: ${JSON.stringify(toRevocationBatchJson(batch))}\n\n`;

/** Lets a response be taken, read and given up. */
async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

/** A follower of cores whose streams the test writes; `answer` takes the place of a stream. */
function setUp(answer?: () => Response, coreUrls = ['http://core.test']) {
  const clock = createManualClock();
  const { timer, timers } = createSteeredTimer();
  const connections: Connection[] = [];
  const taken: RevocationBatch[] = [];
  const polls: string[] = [];
  const scene = { answer, polled: undefined as (() => Response) | undefined };

  async function connect(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (headers.get('accept') === 'application/json') {
      polls.push(String(url));
      return scene.polled?.() ?? new Response('', { status: 503 });
    }
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const { signal } = init;
    if (signal == null) throw new Error('the stream cannot be given up');
    signal.addEventListener('abort', () => void writer.abort(signal.reason));
    connections.push({
      url: String(url),
      headers,
      signal,
      async write(text) {
        await writer.write(new TextEncoder().encode(text));
        await settleAll();
      },
      async close() {
        await writer.close();
        await settleAll();
      },
    });
    return scene.answer?.() ?? new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
  }

  const follow = createHttpFollowRevocations({
    cores: createCores(coreUrls, CLIENT),
    fetch: connect,
    timer,
    clock: clock.now,
    random: () => 1,
    log: silentLog,
  });
  const stop = follow(undefined, (batch) => void taken.push(batch));
  const last = () => connections.at(-1) as Connection;
  return { clock, timers, connections, polls, taken, scene, stop, last };
}

describe('the stream of a core', () => {
  it('is asked for with our credential, and told as it comes, also in pieces', async () => {
    const { connections, taken, stop, last } = setUp();
    await settleAll();
    expect(last().url).toBe('http://core.test/internal/revocations');
    expect(last().headers.get('accept')).toBe('text/event-stream');
    expect(last().headers.get('authorization')).toBe(`Basic ${btoa('edge:a-secret-of-the-edge')}`);
    expect(last().headers.has('last-event-id')).toBe(false);
    const event = eventOf(ENDED);
    await last().write(event.slice(0, 30));
    expect(taken).toEqual([]);
    await last().write(event.slice(30) + eventOf(BEAT));
    expect(taken).toEqual([ENDED, BEAT]);
    expect(connections).toHaveLength(1);
    stop();
  });

  it('is taken up at once, from the last cursor, when it ends after it lived', async () => {
    const { clock, connections, stop, last } = setUp();
    await settleAll();
    await last().write(eventOf(ENDED));
    clock.advanceSeconds(1);
    await last().close();
    expect(connections).toHaveLength(2);
    expect(last().headers.get('last-event-id')).toBe('c1');
    stop();
  });

  it('is dropped when it is silent for three seconds', async () => {
    const { clock, timers, connections, stop, last } = setUp();
    await settleAll();
    await last().write(eventOf(ENDED));
    clock.advanceSeconds(3);
    expect(await fire(timers)).toBe(3000);
    await settleAll();
    expect(connections[0]?.signal.aborted).toBe(true);
    expect(connections).toHaveLength(2);
    stop();
  });

  it.each([
    ['cannot be read', 'data: {"cursor":"c9"}\n\n'],
    ['is no JSON', 'data: c9\n\n'],
  ])('is taken up from the last good cursor when an event %s', async (_what, event) => {
    const { clock, connections, taken, stop, last } = setUp();
    await settleAll();
    await last().write(eventOf(ENDED));
    clock.advanceSeconds(1);
    await last().write(event);
    expect(connections).toHaveLength(2);
    expect(last().headers.get('last-event-id')).toBe('c1');
    expect(taken).toEqual([ENDED]);
    stop();
  });

  it.each<[string, () => Response]>([
    ['refuses', () => new Response('', { status: 401 })],
    ['redirects', () => new Response('', { status: 302, headers: { location: 'https://evil.test/' } })],
    ['answers with something else', () => Response.json(toRevocationBatchJson(ENDED))],
  ])('is asked for again at growing distances while the core %s', async (_what, answer) => {
    const { timers, connections, taken, stop } = setUp(answer);
    await settleAll();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      delays.push(await fire(timers));
      await settleAll();
    }
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(connections).toHaveLength(7);
    expect(taken).toEqual([]);
    stop();
  });

  it('is made up for by single answers while it does not hold, from the last cursor on', async () => {
    const { scene, timers, connections, polls, taken, stop, last } = setUp(
      () => new Response('', { status: 502 }),
    );
    scene.polled = () => Response.json(toRevocationBatchJson(ENDED));
    await settleAll();
    expect(polls).toEqual([]);
    await fire(timers);
    await settleAll();
    expect(taken).toEqual([ENDED]);
    await fire(timers);
    await settleAll();
    const polled = 'http://core.test/internal/revocations';
    expect(polls).toEqual([polled, `${polled}?after=c1`]);
    expect(last().headers.get('last-event-id')).toBe('c1');
    scene.answer = undefined;
    await fire(timers);
    await settleAll();
    await last().write(eventOf(BEAT));
    expect(connections.length).toBe(4);
    expect(taken.at(-1)).toEqual(BEAT);
    stop();
  });

  it('does not count when it ends as soon as it began', async () => {
    const { timers, connections, stop, last } = setUp();
    await settleAll();
    await last().write(eventOf(ENDED));
    await last().close();
    expect(connections).toHaveLength(1);
    expect(await fire(timers)).toBe(100);
    await settleAll();
    expect(connections).toHaveLength(2);
    stop();
  });

  it('is that of the next core where one does not answer', async () => {
    const busy = () => new Response('', { status: 503 });
    const { connections, scene, timers, stop } = setUp(busy, ['http://one.test', 'http://two.test']);
    await settleAll();
    expect(connections.map(({ url }) => new URL(url).hostname)).toEqual(['one.test', 'two.test']);
    scene.answer = undefined;
    await fire(timers);
    expect(connections).toHaveLength(3);
    stop();
  });

  it('is left for that of the next core when it falls silent, at once and from the last cursor, and nobody goes back while that lives', async () => {
    const { clock, connections, timers, taken, stop, last } = setUp(undefined, [
      'http://one.test',
      'http://two.test',
    ]);
    const hosts = () => connections.map(({ url }) => new URL(url).hostname);
    await settleAll();
    await last().write(eventOf(ENDED));
    clock.advanceSeconds(3);
    expect(await fire(timers)).toBe(3000);
    await settleAll();
    expect(hosts()).toEqual(['one.test', 'two.test']);
    expect(last().headers.get('last-event-id')).toBe('c1');
    await last().write(eventOf(BEAT));
    expect(taken).toEqual([ENDED, BEAT]);
    clock.advanceSeconds(60);
    await last().close();
    expect(hosts()).toEqual(['one.test', 'two.test', 'two.test']);
    stop();
  });

  it('is asked of the first core again when the next has none either', async () => {
    const { clock, connections, scene, timers, stop, last } = setUp(undefined, [
      'http://one.test',
      'http://two.test',
    ]);
    await settleAll();
    await last().write(eventOf(ENDED));
    scene.answer = () => new Response('', { status: 503 });
    clock.advanceSeconds(3);
    await fire(timers);
    await settleAll();
    const hosts = connections.map(({ url }) => new URL(url).hostname);
    expect(hosts).toEqual(['one.test', 'two.test', 'one.test', 'two.test']);
    expect(await fire(timers)).toBe(100);
    stop();
  });

  it('is left, and not asked for again, when it is stopped', async () => {
    const { connections, timers, stop, last } = setUp();
    await settleAll();
    await last().write(eventOf(ENDED));
    stop();
    await settleAll();
    expect(last().signal.aborted).toBe(true);
    expect([connections.length, timers.length]).toEqual([1, 0]);
  });

  it('is not asked for again when it is stopped between two attempts', async () => {
    const { connections, timers, stop } = setUp(() => new Response('', { status: 503 }));
    await settleAll();
    stop();
    await settleAll();
    expect([connections.length, timers.length]).toEqual([1, 0]);
  });
});
