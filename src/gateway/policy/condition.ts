import type { Condition, Operand } from './policy.ts';

/** Values of a route's path parameters, percent-decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/**
 * Tells whether both sides of a condition are there and equal, as text. A claim counts when it is a non-empty string or a safe
 * integer; whatever is missing or of another type makes the condition false, so that two absent values are never equal.
 */
export function holds(
  condition: Condition,
  parameters: PathParameters,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  const left = operandText(condition.left, parameters, claims);
  return left !== undefined && left === operandText(condition.right, parameters, claims);
}

function operandText(
  operand: Operand,
  parameters: PathParameters,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  switch (operand.kind) {
    case 'text':
      return operand.text;
    case 'path':
      return Object.hasOwn(parameters, operand.name) ? parameters[operand.name] : undefined;
    case 'claim':
      return claimText(operand.path, claims);
  }
}

/**
 * The text of a claim, found by the names of members that lead to it: a non-empty string, or a safe integer's digits; `undefined` for whatever else is there, or
 * is not there.
 */
export function claimText(
  path: readonly string[],
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  let value: unknown = claims;
  for (const member of path) {
    // Own members only: `claims.constructor` must not find what every object inherits.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as Record<string, unknown>)[member];
  }
  if (typeof value === 'string') return value === '' ? undefined : value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
