import { describe, expect, it } from 'vitest';
import { formatConfigPath, formatConfigProblem } from '../../../src/config/config-problem.ts';

describe('formatConfigPath', () => {
  it('joins keys by dots and places by brackets', () => {
    expect(formatConfigPath(['routes', 2, 'allow', 0, 'roles', 1])).toBe('routes[2].allow[0].roles[1]');
  });

  it('quotes keys that are no plain words, so that a path has one reading', () => {
    expect(formatConfigPath(['where', 'path.id'])).toBe('where["path.id"]');
    expect(formatConfigPath(['a\nb'])).toBe('["a\\nb"]');
  });
});

describe('formatConfigProblem', () => {
  it('writes file, line, column, path and message as editors read them', () => {
    const problem = { path: 'routes[0].id', line: 3, column: 9, message: 'expected a name' };
    expect(formatConfigProblem(problem, 'gateway.yaml')).toBe(
      'gateway.yaml:3:9 routes[0].id: expected a name',
    );
  });

  it('leaves out what is not known', () => {
    const problem = { path: '', line: undefined, column: undefined, message: 'expected a policy file' };
    expect(formatConfigProblem(problem, 'gateway.yaml')).toBe('gateway.yaml expected a policy file');
  });
});
