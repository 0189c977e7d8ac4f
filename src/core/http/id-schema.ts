import { z } from '@hono/zod-openapi';
import { type IdKind, idPattern, isId } from '../../identity/ids.ts';

// Any digits; an example shows a shape.
const EXAMPLE_DIGITS = '0123456789abcdef0123456789abcdef';

/** An id of one of the kinds given, in a query or a body. */
export function idSchema(...kinds: readonly [IdKind, ...IdKind[]]) {
  const pattern = kinds.map(idPattern).join('|');
  return z
    .string()
    .refine((text) => kinds.some((kind) => isId(kind, text)))
    .openapi({ pattern, example: exampleOf(kinds[0]) });
}

/**
 * The parameter `{id}` of a path. The contract tells its shape; what has another one is let through, and answered like an id that names nothing.
 */
export function idParameter(kind: IdKind) {
  return z.object({ id: z.string().openapi({ pattern: idPattern(kind), example: exampleOf(kind) }) });
}

function exampleOf(kind: IdKind): string {
  return idPattern(kind).replace(/^\^/, '').replace(/\[.*$/, EXAMPLE_DIGITS);
}
