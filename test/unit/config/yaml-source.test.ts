import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/config/yaml-source.ts';
import { problemLines, RIGHT, wrong } from './policy-text.ts';

describe('readYaml', () => {
  it('knows where each value and each key stands', () => {
    const source = readYaml('a: 1\nb:\n  - c: [x, yy]\n');
    if (!source.ok) throw new Error('refused');
    expect(source.value.value).toEqual({ a: 1, b: [{ c: ['x', 'yy'] }] });
    expect(source.value.locate(['b', 0, 'c', 1], 'value')).toEqual({ line: 3, column: 12 });
    expect(source.value.locate(['b', 0, 'c'], 'key')).toEqual({ line: 3, column: 5 });
  });

  it('points at what would hold a value that is missing', () => {
    const source = readYaml('a: 1\nb:\n  - c: 2\n');
    if (!source.ok) throw new Error('refused');
    expect(source.value.locate(['b', 0, 'missing'], 'value')).toEqual({ line: 3, column: 5 });
  });

  it('reads words as YAML 1.2 does: only true and false are booleans', () => {
    const source = readYaml('[yes, no, on, true, 0o7, 1_000]');
    expect(source).toMatchObject({ value: { value: ['yes', 'no', 'on', true, 7, '1_000'] } });
  });

  it('refuses aliases before they multiply', () => {
    const rows = Array.from(
      { length: 30 },
      (_, row) => `x${row + 1}: &x${row + 1} [*x${row}, *x${row}, *x${row}]`,
    );
    const lines = problemLines(`x0: &x0 [lol]\n${rows.join('\n')}\n`);
    expect(lines[0]).toBe('1:9 expected a value, found the anchor &x0');
    expect(lines[2]).toBe('2:10 expected a value, found the alias *x0');
  });
});

describe('a policy file that is not plain YAML', () => {
  it.each([
    [
      'a key twice',
      wrong('version: 1', 'version: 1\nversion: 1'),
      '2:1 expected each key once, found version again',
    ],
    ['a tag', wrong('version: 1', 'version: !foo 1'), '1:10 expected YAML: Unresolved tag: !foo'],
    ['a second document', `${RIGHT}---\nversion: 2\n`, '23:1 expected one YAML document, found a second one'],
    [
      'a number as key',
      wrong('upstreams:\n', 'upstreams:\n  9: { url: http://x }\n'),
      '13:3 expected a text as key, found the number 9 (in quotes it is a text)',
    ],
    [
      'a list as key',
      wrong('version: 1', 'version: 1\n? [a]\n: b'),
      '2:3 expected a text as key, found a map or list',
    ],
    [
      '__proto__ as key',
      wrong('upstreams:\n', 'upstreams:\n  __proto__: { url: http://x }\n'),
      '13:3 expected another key, found __proto__',
    ],
    ['nothing at all', '', '1:1 expected a map of keys, found nothing'],
    ['a list', '- version: 1', '1:1 expected a map of keys, found a list'],
  ])('%s is refused where it stands', (_, text, problem) => {
    expect(problemLines(text)).toEqual([problem]);
  });

  it('a merge key is no more than an unknown key', () => {
    expect(problemLines(wrong('version: 1', 'version: 1\n<<: { a: 1 }'))[0]).toMatch(
      /^2:1 \["<<"\]: expected one of/,
    );
  });

  it('a tab as indentation is refused in its line', () => {
    const [first] = problemLines(wrong('    path: ', '\tpath: '));
    expect(first).toBe('17:1 expected YAML: Tabs are not allowed as indentation');
  });

  it('brackets without end and without bottom are refused', () => {
    expect(problemLines('['.repeat(20_000)).length).toBeGreaterThan(0);
  });
});
