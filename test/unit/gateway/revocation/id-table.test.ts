import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createIdTable, ID_TABLE_PARTS } from '../../../../src/gateway/revocation/id-table.ts';
import { createId } from '../../../../src/identity/ids.ts';

/** Ids that share their first words, so that they meet in the same part and slot. */
const crowdedId = fc
  .tuple(fc.constantFrom('00000000', 'ffffffff'), fc.integer({ min: 0, max: 40 }))
  .map(([first, last]) => `ses_${first}${last.toString(16).padStart(16, '0')}00000000`);

it('tells what a map would tell, whatever is kept and forgotten in between', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id: crowdedId, seconds: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ kind: fc.constant('forget' as const), oldest: fc.integer({ min: 0, max: 99 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.array(crowdedId), (steps, asked) => {
      let oldest = 0;
      const table = createIdTable(() => oldest);
      const model = new Map<string, number>();
      for (const taken of steps) {
        if (taken.kind === 'set') {
          const seconds = Math.max(taken.seconds, oldest);
          table.set(taken.id, seconds);
          model.set(taken.id, Math.max(seconds, model.get(taken.id) ?? 0));
        } else {
          oldest = Math.max(oldest, taken.oldest);
          for (let part = 0; part < ID_TABLE_PARTS; part += 1) table.forgetSome();
        }
      }
      for (const id of [...model.keys(), ...asked]) {
        const seconds = model.get(id) ?? 0;
        // What is too old may be there still, and may be gone.
        if (seconds >= oldest) expect(table.get(id)).toBe(seconds);
        else expect([0, seconds]).toContain(table.get(id));
      }
    }),
  );
});

it('holds all of twenty thousand ids, and gives their room back when they are forgotten', () => {
  let oldest = 0;
  const table = createIdTable(() => oldest);
  const ids = Array.from({ length: 20_000 }, () => createId('session'));
  for (const id of ids) table.set(id, 50);
  expect(table.size()).toBe(20_000);
  expect(ids.every((id) => table.get(id) === 50)).toBe(true);
  expect(table.get(createId('session'))).toBe(0);
  oldest = 51;
  for (let part = 0; part < ID_TABLE_PARTS; part += 1) table.forgetSome();
  expect(table.size()).toBe(0);
  expect(ids.some((id) => table.get(id) !== 0)).toBe(false);
});

it('makes room of what is too old when it grows', () => {
  let oldest = 0;
  const table = createIdTable(() => oldest);
  for (let count = 0; count < 10_000; count += 1) {
    oldest = count - 100;
    table.set(createId('token'), count + 1);
  }
  expect(table.size()).toBeLessThan(1000);
});

it.each([
  [-5, 1],
  [0, 1],
  [1e12, 0xffff_ffff],
])('keeps an id with the impossible time %i as with the nearest that it can write', (seconds, kept) => {
  const table = createIdTable(() => 0);
  const [id, other] = [createId('user'), createId('user')];
  table.set(id, seconds);
  table.set(other, 7);
  expect([table.get(id), table.get(other), table.size()]).toEqual([kept, 7, 2]);
});

it('knows nothing of what has not the length of an id', () => {
  const table = createIdTable(() => 0);
  table.set(createId('session'), 1);
  expect(table.get('ses_1')).toBe(0);
  table.set('ses_1', 1);
  expect(table.size()).toBe(1);
});
