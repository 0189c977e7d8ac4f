import type { ConfigPath } from './config-problem.ts';

/** Reports what a check found; `target` says whether the value or its key is to blame. */
export type Complain = (path: ConfigPath, message: string, target?: 'value' | 'key') => void;

/**
 * The members of a map that may be none, so that checks of the whole file can go on beside values that are wrong by themselves.
 * Does NOT complain; the schema does.
 */
export function looseMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The entries of a list that may be none. */
export function looseList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Complains about each text that stands in a list a second time. */
export function checkUnique(
  entries: readonly unknown[],
  pathOf: (index: number) => ConfigPath,
  what: string,
  complain: Complain,
): void {
  const seen = new Set<string>();
  entries.forEach((entry, index) => {
    if (typeof entry !== 'string') return;
    if (seen.has(entry))
      complain(pathOf(index), `expected ${what} only once, found ${JSON.stringify(entry)} again`);
    seen.add(entry);
  });
}
