import type { Context } from 'hono';
import type { CoreEnv } from './core-env.ts';
import { type ProblemResponse, problemResponse } from './problem-response.ts';

/** Answers a request that a limit refused: 429, and when to come back. */
export function limitedResponse(
  c: Context<CoreEnv>,
  { retryAfterSeconds }: { readonly retryAfterSeconds: number },
): ProblemResponse<'too_many_requests'> {
  return problemResponse(c, 'too_many_requests', { 'Retry-After': String(retryAfterSeconds) });
}
