import type { z } from 'zod';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { describeFound } from './describe-found.ts';
import { createPolicyJsonSchema, schemaAt } from './policy-json-schema.ts';
import { didYouMean } from './suggest-name.ts';
import { problemAt, type YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  boolean: 'true or false',
  number: 'a number',
};

/** Turns the issues of a schema into problems of the file: one for each wrong value and each unknown key, where it stands. */
export function schemaProblems(source: YamlSource, issues: readonly Issue[]): ConfigProblem[] {
  const isKeyUnknown = issues.some(({ code }) => code === 'unrecognized_keys');
  const schema = isKeyUnknown ? createPolicyJsonSchema() : {};
  return issues.flatMap((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(schemaAt(schema, path)?.properties ?? {});
      return unknownKeyProblems(source, path, issue.keys, known);
    }
    const complete = issue.code === 'custom' && issue.params?.complete === true;
    const found = complete ? '' : `, ${finding(issue, valueAt(source.value, path))}`;
    return [problemAt(source, path, `${expectation(issue)}${found}`)];
  });
}

function unknownKeyProblems(
  source: YamlSource,
  path: ConfigPath,
  keys: readonly string[],
  known: readonly string[],
): ConfigProblem[] {
  return keys.map((key) => {
    const message = `expected one of the keys ${known.join(', ')}, found ${describeFound(key)}${didYouMean(key, known)}`;
    return problemAt(source, [...path, key], message, 'key');
  });
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('expected ')
        ? issue.message
        : `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return 'expected at least one entry';
    case 'invalid_union':
    case 'custom':
      return issue.message;
    case 'unrecognized_keys':
    case 'too_big':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return `expected something else (${issue.message})`;
  }
}

function finding(issue: Issue, value: unknown): string {
  const names = issue.code === 'invalid_value' ? issue.values.filter((name) => typeof name === 'string') : [];
  const suggestion = typeof value === 'string' ? didYouMean(value, names) : '';
  return `found ${describeFound(value)}${suggestion}`;
}

/** What stands at a path of plain values; `undefined` where the path leads nowhere. */
function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
