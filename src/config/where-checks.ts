import type { RoutePattern } from '../gateway/routes/route-pattern.ts';
import type { ConfigPath } from './config-problem.ts';
import { describeFound } from './describe-found.ts';
import { type Complain, looseMap } from './loose-values.ts';
import { parseOperand } from './operand.ts';
import { didYouMean } from './suggest-name.ts';

/** Checks the pairs of a `where`: what stands on either side can be read, and `path.NAME` is a parameter of the route's path. */
export function checkConditions(
  where: unknown,
  pattern: RoutePattern,
  path: ConfigPath,
  complain: Complain,
): void {
  const parameters = pattern.segments.flatMap((segment) =>
    segment.kind === 'parameter' ? [`path.${segment.name}`] : [],
  );
  for (const [left, right] of Object.entries(looseMap(where))) {
    const leftFault = operandFault(left, 'left', parameters);
    if (leftFault !== undefined) complain([...path, left], leftFault, 'key');
    const rightFault = typeof right === 'string' ? operandFault(right, 'right', parameters) : undefined;
    if (rightFault !== undefined) complain([...path, left], rightFault);
  }
}

function operandFault(
  text: string,
  side: 'left' | 'right',
  parameters: readonly string[],
): string | undefined {
  const operand = parseOperand(text);
  const found = `found ${describeFound(text)}`;
  if (!operand.ok) return `expected ${operand.reason}, ${found}`;
  if (operand.value.kind === 'text' && side === 'left') {
    return `expected path.NAME or claims.NAME on the left side, ${found}${didYouMean(text, parameters)}`;
  }
  if (operand.value.kind !== 'path' || parameters.includes(text)) return undefined;
  if (parameters.length === 0) return `expected a claim, as the path has no parameters, ${found}`;
  return `expected a parameter of the path (${parameters.join(', ')}), ${found}${didYouMean(text, parameters)}`;
}
