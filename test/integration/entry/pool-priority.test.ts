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
console.log(JSON.stringify({ own: getPriority(), lowered, threads: tasks.map(niceOf) }));
`;

interface Found {
  readonly own: number;
  readonly lowered: number;
  readonly threads: readonly (readonly [name: string, nice: number])[];
}

it.each([0, 7, 12])(
  'lets every other thread go before those of the pool, where the system tells them, in a process that is itself nicer by %i',
  async (nicer) => {
    const node = [process.execPath, '--input-type=module', '-e', SCRIPT];
    const { stdout } = await promisify(execFile)('nice', ['-n', String(nicer), ...node], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '4' },
    });
    const { own, lowered, threads }: Found = JSON.parse(stdout);
    const pool = threads.filter(([name]) => name === 'libuv-worker').map(([, nice]) => nice);
    const others = threads.filter(([name]) => name !== 'libuv-worker').map(([, nice]) => nice);
    expect(lowered).toBe(process.platform === 'linux' ? 4 : 0);
    expect(pool).toEqual(Array.from({ length: lowered }, () => Math.min(own + 10, 19)));
    if (lowered > 0) expect(new Set(others)).toEqual(new Set([own]));
  },
);
