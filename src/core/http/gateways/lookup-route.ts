import { z } from '@hono/zod-openapi';
import { bodyRefusals, problemOf } from '../problem-schema.ts';
import { INTERNAL_CLIENT_CREDENTIAL } from '../security-requirements.ts';

/** The answer of a look-up: `{"active":false}`, or what is known of what is active. */
export function lookupAnswerSchema<Facts extends z.ZodRawShape>(facts: Facts) {
  return z.discriminatedUnion('active', [
    z.strictObject({ active: z.literal(false) }),
    z.strictObject({ active: z.literal(true), ...facts }),
  ]);
}

/** What every look-up's route has in common: it takes and answers JSON behind the internal client's credential. */
export function lookupRouteParts<Question extends z.ZodType, Answer extends z.ZodType>(
  question: Question,
  answer: Answer,
) {
  return {
    method: 'post' as const,
    tags: ['Gateways'],
    security: INTERNAL_CLIENT_CREDENTIAL,
    request: { body: { required: true as const, content: { 'application/json': { schema: question } } } },
    responses: {
      200: {
        description: 'What is known. Everything that is not active is `{"active":false}`.',
        content: { 'application/json': { schema: answer } },
      },
      400: problemOf('The body is not what is expected.'),
      401: problemOf('The client credential is missing or wrong.'),
      ...bodyRefusals,
      503: problemOf('The stores could not tell.'),
    },
  };
}
