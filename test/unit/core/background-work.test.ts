import { describe, expect, it } from 'vitest';
import { createBackgroundWork } from '../../../src/core/background-work.ts';
import { type LogFields, silentLog } from '../../../src/lib/log.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';

function startWork() {
  const logged: (LogFields | undefined)[] = [];
  return { work: createBackgroundWork({ ...silentLog, error: (_, fields) => logged.push(fields) }), logged };
}

describe('background work', () => {
  it('goes on after run returns, and is waited for, also what it begins itself', async () => {
    const { work } = startWork();
    const done: string[] = [];
    work.run('req-1', async () => {
      done.push('first');
      work.run('req-1', async () => void done.push('second'));
    });
    expect(done).toEqual([]);
    await work.settled();
    expect(done).toEqual(['first', 'second']);
  });

  it('logs what fails, by the request and without the message', async () => {
    const { work, logged } = startWork();
    work.run('req-1', () => Promise.reject(new UnavailableError('database', 'secret')));
    work.run('req-2', () => Promise.reject(new Error('secret')));
    await work.settled();
    expect(logged).toEqual([
      { request_id: 'req-1', dependency: 'database' },
      { request_id: 'req-2', error: 'Error', at: expect.any(String) },
    ]);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('does a few at once, lets a thousand wait, and logs each that is beyond', async () => {
    const { work, logged } = startWork();
    const gate = Promise.withResolvers<void>();
    let running = 0;
    for (let index = 0; index < 1010; index += 1)
      work.run('req-1', () => {
        running += 1;
        return gate.promise;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(running).toBe(4);
    expect(logged).toHaveLength(6);
    gate.resolve();
    await work.settled();
    expect(running).toBe(1004);
  });
});
