import type { Document, YAMLMap } from 'yaml';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ok, type Result, refused } from '../lib/result.ts';
import { type ConfigPath, type ConfigProblem, formatConfigPath } from './config-problem.ts';
import { describeFound } from './describe-found.ts';

/** A place in a text, counted from one. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A YAML text, read: plain values (texts, numbers, booleans, `null`, lists, maps with text keys), and where each stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Where the value at that path stands or, for `key`, its key; for what is missing, what would hold it. */
  locate(path: ConfigPath, target: 'value' | 'key'): TextPosition;
}

/**
 * Reads one YAML 1.2 document (core schema). Refused with all problems: broken syntax, repeated keys, several documents,
 * unknown tags, keys that are not texts, and anchors and aliases: what a file says stands where it is read, and nothing
 * multiplies ("billion laughs"). Merge keys (`<<`) are ordinary keys. @see YAML Ain't Markup Language 1.2.2, section 10.3
 */
export function readYaml(text: string): Result<YamlSource, readonly ConfigProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'error',
  });
  const positionAt = (offset: number): TextPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = [...syntaxFaults(document, text), ...nodeFaults(document)];
  if (faults.length > 0) {
    faults.sort((a, b) => a.offset - b.offset);
    return refused(faults.map(({ offset, path, message }) => ({ path, ...positionAt(offset), message })));
  }
  return ok({
    value: document.toJS({ maxAliasCount: 0 }),
    locate: (path, target) => positionAt(offsetOf(document, path, target)),
  });
}

interface Fault {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

function syntaxFaults(document: Document.Parsed, text: string): Fault[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    if (code === 'DUPLICATE_KEY') {
      const key = /^[^\s:,\]}]*/.exec(text.slice(pos[0]))?.[0] ?? '';
      return { offset: pos[0], path: '', message: `expected each key once, found ${key} again` };
    }
    if (code === 'MULTIPLE_DOCS') {
      return { offset: pos[0], path: '', message: 'expected one YAML document, found a second one' };
    }
    return { offset: pos[0], path: '', message: `expected YAML: ${message}` };
  });
}

function nodeFaults(document: Document.Parsed): Fault[] {
  const faults: Fault[] = [];
  const add = (node: unknown, message: string): void => {
    faults.push({ offset: startOf(node) ?? 0, path: '', message });
  };
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) add(node, `expected a value, found the alias *${node.source}`);
      else if (node.anchor) add(node, `expected a value, found the anchor &${node.anchor}`);
    },
    Pair(_, { key }) {
      if (isAlias(key)) return;
      if (!isScalar(key) || typeof key.value !== 'string') {
        add(key, `expected a text as key, ${foundKey(key)}`);
      } else if (key.value === '__proto__') add(key, 'expected another key, found __proto__');
    },
  });
  return faults;
}

function foundKey(key: unknown): string {
  return isScalar(key) ? `found ${describeFound(key.value)} (in quotes it is a text)` : 'found a map or list';
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function offsetOf(document: Document.Parsed, path: ConfigPath, target: 'value' | 'key'): number {
  for (let length = path.length; length > 0; length -= 1) {
    const way = path.slice(0, length);
    const parent = document.getIn(way.slice(0, -1), true);
    const name = way.at(-1);
    const key = isMap(parent) && typeof name === 'string' ? keyNode(parent, name) : undefined;
    const node = document.getIn(way, true);
    const offset =
      (target === 'key' && length === path.length ? startOf(key) : startOf(node)) ?? startOf(key);
    if (offset !== undefined) return offset;
  }
  return startOf(document.contents) ?? 0;
}

function keyNode(map: YAMLMap, name: string): unknown {
  return map.items.find(({ key }) => isScalar(key) && key.value === name)?.key;
}

/** Writes a path and its position as the beginning of a problem. */
export function problemAt(
  source: YamlSource,
  path: ConfigPath,
  message: string,
  target: 'value' | 'key' = 'value',
): ConfigProblem {
  return { path: formatConfigPath(path), ...source.locate(path, target), message };
}
