import { z } from '@hono/zod-openapi';

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 50;

/** How many entries a page of a list has at most, in a query. */
export const pageLimitSchema = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/)
  .optional()
  .transform((text) => (text === undefined ? LIMIT_DEFAULT : Number(text)))
  .openapi({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'How many entries at most.',
  });
