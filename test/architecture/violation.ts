/** One breach of a rule of the house. */
export interface Violation {
  readonly rule: string;
  readonly file: string;
  readonly says: string;
}

/** Writes violations one a line, for the message of a failed test. */
export function listViolations(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, file, says }) => `${file}: ${says} [${rule}]`).sort();
}
