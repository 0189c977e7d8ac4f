import type { PlacedOperation } from '../../../src/lib/contract-document.ts';

/** Answers by operation and status, `GET /v1/auth/me 200`: those that the contracts have, and those that came. */
export interface SeenAnswers {
  readonly documented: readonly string[];
  readonly answered: readonly string[];
}

declare module 'vitest' {
  interface TaskMeta {
    seenAnswers?: SeenAnswers;
  }
}

const documented = new Set<string>();
const answered = new Set<string>();

/** Notes every answer that a contract has. */
export function noteDocumented(operations: readonly PlacedOperation[]): void {
  for (const { method, path, operation } of operations)
    for (const status of Object.keys(operation.responses)) documented.add(`${method} ${path} ${status}`);
}

/** Notes that a documented answer came, as it is documented. */
export function noteAnswered({ method, path }: PlacedOperation, status: number): void {
  answered.add(`${method} ${path} ${status}`);
}

/** What this process has seen so far. */
export function seenAnswers(): SeenAnswers {
  return { documented: [...documented], answered: [...answered] };
}

/** The documented answers that never came, over all reports. */
export function unseenAnswers(reports: readonly SeenAnswers[]): string[] {
  const came = new Set(reports.flatMap((report) => report.answered));
  const wanted = new Set(reports.flatMap((report) => report.documented));
  return [...wanted].filter((answer) => !came.has(answer)).sort();
}
