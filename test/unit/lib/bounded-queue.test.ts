import { describe, expect, it } from 'vitest';
import { createBoundedQueue } from '../../../src/lib/bounded-queue.ts';

function queueOf(runningMax: number, waitingMax: number) {
  return createBoundedQueue({ runningMax, waitingMax, full: () => new Error('full') });
}

describe('createBoundedQueue', () => {
  it('never runs more tasks at once than it may, and runs them all in order', async () => {
    const queue = queueOf(2, 10);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const task = (id: number) => async () => {
      started.push(id);
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return id;
    };
    const ids = [0, 1, 2, 3, 4, 5, 6];
    expect(await Promise.all(ids.map((id) => queue.run(task(id))))).toEqual(ids);
    expect(started).toEqual(ids);
    expect(most).toBe(2);
  });

  it('fails at once what comes when the line is full, and takes tasks again later', async () => {
    const queue = queueOf(1, 1);
    const first = Promise.withResolvers<string>();
    const running = queue.run(() => first.promise);
    const waiting = queue.run(async () => 'second');
    await expect(queue.run(async () => 'third')).rejects.toThrow('full');
    first.resolve('first');
    expect(await Promise.all([running, waiting])).toEqual(['first', 'second']);
    expect(await queue.run(async () => 'fourth')).toBe('fourth');
  });

  it('goes on after a task that failed', async () => {
    const queue = queueOf(1, 1);
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run(async () => 'next')).toBe('next');
  });
});
