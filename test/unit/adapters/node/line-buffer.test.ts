import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createLineBuffer } from '../../../../src/adapters/node/line-buffer.ts';

const directory = mkdtempSync(join(tmpdir(), 'wardgate-lines-'));
afterAll(() => rmSync(directory, { recursive: true }));

function openFile(name: string) {
  const file = join(directory, name);
  return { descriptor: openSync(file, 'w'), read: () => readFileSync(file, 'utf8') };
}

it('writes every line once and in order when it is flushed', () => {
  const file = openFile('order');
  const lines = createLineBuffer(file.descriptor);
  const expected = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`);
  for (const line of expected) lines.add(line);
  lines.flush();
  expect(file.read()).toBe(expected.join(''));
  lines.flush();
  expect(file.read()).toBe(expected.join(''));
});

it('writes by itself when a batch is full', () => {
  const file = openFile('batch');
  const lines = createLineBuffer(file.descriptor);
  for (let index = 0; index < 1000; index += 1) lines.add(`${'x'.repeat(99)}\n`);
  expect(file.read().length).toBeGreaterThanOrEqual(32 * 1024);
  lines.flush();
});

it('survives a reader that is gone', () => {
  const lines = createLineBuffer(1_000_000);
  lines.add('nobody reads this\n');
  expect(() => lines.flush()).not.toThrow();
});
