import type { ContractContent, ContractHeader, ContractResponse } from './contract-document.ts';
import { PROBLEM_CONTENT_TYPE } from './problem.ts';

type Headers = Readonly<Record<string, ContractHeader>>;

/** The field that says that nothing may keep an answer. */
export const NO_STORE: Headers = {
  'Cache-Control': {
    description: 'Nothing may keep the answer.',
    required: true,
    schema: { type: 'string', const: 'no-store' },
  },
};

/** The field that says when to ask again. */
export const RETRY_AFTER: Headers = {
  'Retry-After': {
    description: 'Seconds to wait before the next attempt.',
    required: true,
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
};

/** The field that says how to authenticate. @see RFC 9110, section 11.6.1 */
export const CHALLENGE: Headers = {
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 9110, section 11.6.1).',
    required: true,
    schema: { type: 'string' },
  },
};

const PROBLEM: ContractContent = {
  [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } },
};

/** A refusal by a problem document, which nothing may keep. `headers` are further fields. */
export function documentedProblem(description: string, headers: Headers = {}): ContractResponse {
  return { description, headers: { ...NO_STORE, ...headers }, content: PROBLEM };
}
