import { expect, it } from 'vitest';
import type { Timer } from '../../../src/lib/durations.ts';
import type { LogFields } from '../../../src/lib/log.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { startRounds } from '../../../src/lib/rounds.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { createManualClock } from '../../support/memory-stores/memory-stores.ts';
import { createManualTimer } from '../../support/time/manual-timer.ts';

/** Rounds of a minute, each of which does what the test says. */
function start() {
  const timer = createManualTimer(createManualClock());
  const logged: (readonly [string, LogFields | undefined])[] = [];
  const note = (message: string, fields?: LogFields) => void logged.push([message, fields]);
  const steered = { rounds: 0, act: async () => {} };
  const round = () => {
    steered.rounds += 1;
    return steered.act();
  };
  const log = { ...silentLog, warn: note, error: note };
  const stop = startRounds({ work: 'sweeping', round, everyMs: 60_000, timer: timer.timer, log });
  return { timer, logged, steered, stop };
}

it('begins each round when the time has passed since the one before', async () => {
  const { timer, steered } = start();
  await timer.advanceSeconds(59);
  expect(steered.rounds).toBe(0);
  await timer.advanceSeconds(1);
  expect(steered.rounds).toBe(1);
  await timer.advanceSeconds(600);
  expect(steered.rounds).toBe(11);
});

it('goes on after a round that failed, and says of a bug where it is and not what it said', async () => {
  const { timer, logged, steered } = start();
  steered.act = () => Promise.reject(new UnavailableError('database', 'down'));
  await timer.advanceSeconds(60);
  steered.act = () => Promise.reject(new TypeError('a secret'));
  await timer.advanceSeconds(60);
  steered.act = async () => {};
  await timer.advanceSeconds(60);
  expect(steered.rounds).toBe(3);
  expect(logged).toEqual([
    ['a round of work could not be done', { work: 'sweeping', dependency: 'database' }],
    ['a round of work failed', { work: 'sweeping', error: 'TypeError', at: expect.any(String) }],
  ]);
  expect(JSON.stringify(logged)).not.toContain('a secret');
});

it('stops: waits for the round under way, and begins no other', async () => {
  const due: (() => void)[] = [];
  const timer: Timer = (call) => {
    due.push(call);
    return () => void due.splice(due.indexOf(call), 1);
  };
  const held = Promise.withResolvers<void>();
  const round = () => held.promise;
  const stop = startRounds({ work: 'sweeping', round, everyMs: 1, timer, log: silentLog });
  due.shift()?.();
  let isOver = false;
  const stopped = stop().then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  held.resolve();
  await stopped;
  expect(due).toEqual([]);
});

it('stops before the first round', async () => {
  const { timer, steered, stop } = start();
  await stop();
  expect(timer.waiting()).toBe(0);
  await timer.advanceSeconds(60);
  expect(steered.rounds).toBe(0);
});
