/** One thing that is wrong in a configuration. A configuration is refused with all its problems at once, never half taken. */
export interface ConfigProblem {
  /** Where: `routes[2].allow[0].roles[1]` in a policy file, the variable's name in an environment; empty for the whole. */
  readonly path: string;
  /** Counted from one; `undefined` where there is no text, as for an environment. */
  readonly line: number | undefined;
  /** Counted from one; `undefined` like `line`. */
  readonly column: number | undefined;
  /** What was expected and what was found. Does NOT hold a value of an environment variable. */
  readonly message: string;
}

/** A way into a parsed file: names of keys and places in lists. */
export type ConfigPath = readonly (string | number)[];

/** Writes a way into a file as text: `routes[2].where["path.id"]`; keys that are no plain word stand quoted. */
export function formatConfigPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** Writes a problem as one line for people and editors: `SOURCE:LINE:COLUMN path: message`, less what is not known. */
export function formatConfigProblem(problem: ConfigProblem, source?: string): string {
  const position = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  const place = source === undefined ? '' : `${source}${position} `;
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}
