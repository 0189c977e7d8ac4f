import { describe, expect, it, onTestFinished } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import type { RevocationBatch } from '../../../src/identity/revocation.ts';
import { type CoreUnderTest, INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';
import { createEventReader } from '../../support/revocations/revocation-events.ts';
import { createSteeredTimer, fire, settle } from '../../support/time/steered-timer.ts';

const PATH = '/internal/revocations';
const authorization = `Basic ${btoa(`${INTERNAL_CLIENT.id}:${INTERNAL_CLIENT.secret}`)}`;
const headers = { authorization };
const FACTS = { requestId: 'req-1', clientAddress: '192.0.2.7' };

const ask = ({ app }: CoreUnderTest, path = PATH, more: Record<string, string> = {}) =>
  app.request(path, { headers: { ...headers, accept: 'text/event-stream', ...more } }, FACTS);

/** Opens a stream of events that the test reads. */
async function open(started: CoreUnderTest, path = PATH, more: Record<string, string> = {}) {
  const response = await ask(started, path, more);
  const reader = createEventReader(response);
  onTestFinished(reader.cancel);
  return { response, ...reader };
}

const idsOf = ({ revocations }: Pick<RevocationBatch, 'revocations'>) => revocations.map(({ id }) => id);

describe('GET /internal/revocations', () => {
  it('answers what was revoked since the cursor, as one batch', async () => {
    const { send, stores } = await startCoreApp();
    const [first, second] = [createId('session'), createId('user')];
    stores.revocationLog.append('session', first);
    const all = await (await send('GET', PATH, { headers })).json();
    const revokedAtMs = 1_768_478_400_000;
    expect(all.revocations).toEqual([{ kind: 'session', id: first, revoked_at_ms: revokedAtMs }]);
    stores.revocationLog.append('user', second);
    const response = await send('GET', `${PATH}?after=${all.cursor}`, { headers });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { revocations } = await response.json();
    expect(revocations).toEqual([{ kind: 'user', id: second, revoked_at_ms: revokedAtMs }]);
  });

  it.each([
    [`${PATH}?after=${'9'.repeat(65)}`],
    [`${PATH}?after=1%0Aevent:%20x`],
    [`${PATH}?after=`],
    [`${PATH}?before=1`],
  ])('answers 400 to %s', async (path) => {
    const { send } = await startCoreApp();
    expect((await send('GET', path, { headers })).status).toBe(400);
  });

  it('answers 401 without the internal client’s credential', async () => {
    const { send } = await startCoreApp();
    expect((await send('GET', PATH)).status).toBe(401);
  });

  it('answers 503 while the log cannot be read, to one who polls and to one who follows', async () => {
    const started = await startCoreApp();
    started.stores.revocationLog.isBroken = true;
    expect((await started.send('GET', PATH, { headers })).status).toBe(503);
    const accept = 'text/event-stream';
    const response = await started.send('GET', PATH, { headers: { ...headers, accept } });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });

  it('follows the log as a stream of events: what there is, what is added at once, and a beat', async () => {
    const started = await startCoreApp();
    const { timer, timers } = createSteeredTimer();
    const log = started.stores.revocationLog;
    const [old, added] = [createId('session'), createId('api_key')];
    log.append('session', old);
    onTestFinished(started.core.startRounds(timer));
    const { response, next } = await open(started);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(idsOf(await next())).toEqual([old]);
    expect(await next()).toEqual({ id: '1', cursor: '1', revocations: [] });
    log.append('api_key', added);
    expect(idsOf(await next())).toEqual([added]);
    timers.splice(0, timers.length - 1);
    await fire(timers);
    expect(await next()).toEqual({ id: '2', cursor: '2', revocations: [] });
  });

  it('goes on from ?after=, and before that from Last-Event-ID', async () => {
    const started = await startCoreApp();
    const ids = [createId('session'), createId('session'), createId('session')];
    for (const id of ids) started.stores.revocationLog.append('session', id);
    expect(idsOf(await (await open(started, `${PATH}?after=1`)).next())).toEqual(ids.slice(1));
    const resumed = await open(started, `${PATH}?after=1`, { 'last-event-id': '2' });
    expect(idsOf(await resumed.next())).toEqual(ids.slice(2));
  });

  it('cuts much into events, of which only the last has the cursor behind all and no more after it', async () => {
    const started = await startCoreApp();
    const log = started.stores.revocationLog;
    log.append('token', createId('token'));
    const ids = Array.from({ length: 2 * 1_000 + 1 }, () => createId('token'));
    for (const id of ids) log.append('token', id);
    const { next } = await open(started, `${PATH}?after=1`);
    const parts = [await next(), await next(), await next()];
    expect(parts.flatMap(idsOf)).toEqual(ids);
    const end = String(ids.length + 1);
    expect(parts.map(({ id, cursor, hasMore }) => [id, cursor, hasMore])).toEqual([
      ['1', '1', true],
      ['1', '1', true],
      [end, end, undefined],
    ]);
  });

  it('ends streams when the process is about to stop, and begins none then', async () => {
    const stopping = new AbortController();
    const started = await startCoreApp({ stopping: stopping.signal });
    const { next, ended } = await open(started);
    await next();
    stopping.abort();
    await ended();
    expect(started.core.revocationActivity.followers()).toBe(0);
    expect((await ask(started)).status).toBe(503);
    expect((await started.send('GET', PATH, { headers })).status).toBe(200);
  });

  it('ends the stream of a gateway that does not read what comes, and forgets it', async () => {
    const started = await startCoreApp();
    const { core, stores } = started;
    const { timer, timers } = createSteeredTimer();
    onTestFinished(core.startRounds(timer));
    const { next, ended } = await open(started);
    await next();
    expect(core.revocationActivity.followers()).toBe(2);
    for (const added of [110_000, 1]) {
      for (let count = 0; count < added; count += 1) stores.revocationLog.append('token', createId('token'));
      await settle();
      for (const { call } of timers.splice(0)) call();
      await settle();
    }
    expect(core.revocationActivity.followers()).toBe(1);
    await ended();
  });

  it('follows for nobody where the body is not read, and stops when it is cancelled', async () => {
    const started = await startCoreApp();
    const followers = started.core.revocationActivity.followers;
    const head = await started.app.request(
      PATH,
      { method: 'HEAD', headers: { ...headers, accept: 'text/event-stream' } },
      FACTS,
    );
    expect([head.status, followers()]).toEqual([200, 0]);
    const { next, cancel } = await open(started);
    await next();
    expect(followers()).toBe(1);
    await cancel();
    await settle();
    expect(followers()).toBe(0);
  });
});
