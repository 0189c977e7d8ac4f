import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../../src/adapters/node/pool-priority.ts');

/** Run in a process of its own, because what is lowered stays so. */
const SCRIPT = `
const { getPriority } = await import('node:os');
const { lowerPoolPriority } = await import(${JSON.stringify(MODULE)});
const lowered = await lowerPoolPriority();
const { existsSync, readdirSync, readFileSync } = await import('node:fs');
const tasks = existsSync('/proc/self/task') ? readdirSync('/proc/self/task') : [];
const niceOf = (task) => [readFileSync('/proc/self/task/' + task + '/comm', 'utf8').trim(), getPriority(Number(task))];
console.log(JSON.stringify({ lowered, threads: tasks.map(niceOf) }));
`;

it('lets every other thread go before those of the pool, where the system tells them', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '4' },
  });
  const { lowered, threads } = JSON.parse(stdout) as { lowered: number; threads: [string, number][] };
  const pool = threads.filter(([name]) => name === 'libuv-worker');
  const others = threads.filter(([name]) => name !== 'libuv-worker');
  expect(lowered).toBe(process.platform === 'linux' ? 4 : 0);
  expect([pool.length, new Set(pool.map(([, nice]) => nice))]).toEqual([
    lowered,
    new Set(lowered > 0 ? [10] : []),
  ]);
  for (const [, nice] of others) expect(nice).toBeLessThan(10);
});
