import type { Context, TypedResponse } from 'hono';
import { problemAnswer, RETRY_AFTER_SECONDS } from '../../lib/problem.ts';
import { basicChallenge, bearerChallenge } from '../../oauth/challenge.ts';
import type { CoreEnv } from './core-env.ts';
import type { ProblemBody } from './problem-schema.ts';

// Every refusal of the core, with its status: the one place where a reason gets one. Titles are constant and dull.
const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not what is expected here' },
  link_invalid: { status: 400, title: 'The link is wrong, was used before, or has run out' },
  ambiguous_credentials: { status: 400, title: 'The request carries more than one credential' },
  credential_missing: { status: 401, title: 'A credential is needed' },
  invalid_token: { status: 401, title: 'The credential is not valid' },
  invalid_credentials: { status: 401, title: 'The login or the password is wrong' },
  invalid_client: { status: 401, title: 'The client credential is missing or wrong' },
  origin_mismatch: { status: 403, title: 'The request comes from a page of another origin' },
  role_missing: { status: 403, title: 'The caller may not do this' },
  password_wrong: { status: 403, title: 'The current password is wrong' },
  registration_closed: { status: 403, title: 'Nobody can register here' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'It is taken, or has changed meanwhile' },
  method_mismatch: { status: 409, title: 'The client authenticates in another way' },
  own_account: { status: 409, title: 'Nobody can do this to his own account' },
  last_admin: { status: 409, title: 'Nobody would be left who administers' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  password_unacceptable: { status: 422, title: 'The password is too short, too long or too common' },
  too_many_requests: { status: 429, title: 'Too many attempts; try again later' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  temporarily_unavailable: { status: 503, title: 'This cannot be told right now' },
} as const;

/** The stable reasons of the core's refusals; the member `code` of their bodies. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A problem document as a typed response. */
export type ProblemResponse<Code extends ProblemCode> = Response &
  TypedResponse<ProblemBody, (typeof PROBLEMS)[Code]['status'], 'json'>;

/** Answers a request with a problem document. `headers` are further fields, by name; `extension` holds further members. @see RFC 9457 */
export function problemResponse<Code extends ProblemCode>(
  c: Context<CoreEnv>,
  code: Code,
  headers: Readonly<Record<string, string>> = {},
  extension: { readonly member?: string; readonly reasons?: readonly string[] } = {},
): ProblemResponse<Code> {
  c.set('problem', code);
  c.env.refused?.(code);
  const { status, title } = PROBLEMS[code];
  const answer = problemAnswer({ status, code, title, requestId: c.env.requestId, extension });
  const response: Response = c.body(answer.body, status, { ...headersOf(code), ...headers });
  for (let index = 0; index < answer.headers.length; index += 2)
    response.headers.set(answer.headers[index] ?? '', answer.headers[index + 1] ?? '');
  return response as ProblemResponse<Code>;
}

function headersOf(code: ProblemCode): Record<string, string> {
  switch (code) {
    case 'credential_missing':
    case 'invalid_credentials':
    case 'origin_mismatch':
    case 'role_missing':
    case 'registration_closed':
      return { 'WWW-Authenticate': bearerChallenge() };
    case 'invalid_token':
      return { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_token' }) };
    case 'invalid_client':
      return { 'WWW-Authenticate': basicChallenge('wardgate internal') };
    case 'too_many_requests':
    case 'temporarily_unavailable':
      return { 'Retry-After': String(RETRY_AFTER_SECONDS) };
    case 'invalid_request':
    case 'link_invalid':
    case 'ambiguous_credentials':
    case 'not_found':
    case 'method_not_allowed':
    case 'conflict':
    case 'method_mismatch':
    case 'own_account':
    case 'last_admin':
    case 'password_wrong':
    case 'password_unacceptable':
    case 'payload_too_large':
    case 'unsupported_media_type':
    case 'internal_error':
      return {};
  }
}
