import { z } from '@hono/zod-openapi';
import { PROBLEM_CONTENT_TYPE } from '../../lib/problem.ts';

/** The body of every refusal. @see RFC 9457, section 3 */
const problemSchema = z
  .strictObject({
    type: z.string().openapi({ example: 'urn:wardgate:problem:invalid_token' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().openapi({ description: 'The stable reason, for programs.', example: 'invalid_token' }),
    detail: z.string().optional(),
    member: z
      .string()
      .optional()
      .openapi({ description: 'Of a conflict: the member whose value is taken.', example: 'email' }),
    reasons: z
      .array(z.string())
      .optional()
      .openapi({
        description: 'Of an unacceptable password: what is wrong with it.',
        example: ['too_short'],
      }),
    request_id: z.string().openapi({ description: 'Names the request in the log.' }),
  })
  .openapi('Problem');

/** The same as a type. */
export type ProblemBody = z.infer<typeof problemSchema>;

/** A documented refusal of a route: `401: problemOf('No or no valid credential')`. */
export function problemOf(description: string) {
  return { description, content: { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema } } } as const;
}

/** The refusals of every route that takes a body in JSON, for the contract. */
export const bodyRefusals = {
  413: problemOf('The body is too large.'),
  415: problemOf('The body is not JSON.'),
};
