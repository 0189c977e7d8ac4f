import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = import.meta.dirname;
const ATTACKS = Array.from({ length: 58 }, (_, index) => index + 1);

/** The files that the table names for each attack. */
function readTable(): ReadonlyMap<number, readonly string[]> {
  const rows = readFileSync(join(FOLDER, 'README.md'), 'utf8').matchAll(/^\| (\d+) \|.*\| (.+) \|$/gm);
  return new Map(
    Array.from(rows, ([, attack, cell = '']) => [
      Number(attack),
      Array.from(cell.matchAll(/\]\(([^)]+)\)/g), ([, file]) => file ?? ''),
    ]),
  );
}

/** The attacks that the titles of a file name: `attack 13: …`. */
function attacksNamedBy(file: string): ReadonlySet<number> {
  const titles = readFileSync(join(FOLDER, file), 'utf8').matchAll(
    /^.*['"`(\s]attack (\d+)(?: and attack (\d+))?\b.*$/gm,
  );
  return new Set(Array.from(titles, ([, ...attacks]) => attacks.filter(Boolean).map(Number)).flat());
}

describe('the table of attacks', () => {
  const table = readTable();
  const files = readdirSync(FOLDER).filter(
    (file) => file.endsWith('.test.ts') && file !== 'attack-table.test.ts',
  );

  it('has a row for each attack, and no other', () => {
    expect([...table.keys()]).toEqual(ATTACKS);
  });

  it.each(ATTACKS)('names files for attack %i, one of which has it in a title', (attack) => {
    const named = table.get(attack) ?? [];
    expect(files).toEqual(expect.arrayContaining([...named]));
    expect(named.some((file) => attacksNamedBy(file).has(attack))).toBe(true);
  });

  it.each(files)('names %s for each attack in its titles', (file) => {
    for (const attack of attacksNamedBy(file)) expect(table.get(attack), `attack ${attack}`).toContain(file);
  });
});
