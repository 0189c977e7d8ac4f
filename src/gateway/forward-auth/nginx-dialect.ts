import { isHeaderValue } from '../../identity/header-value.ts';
import type { Answer } from '../answer.ts';
import type { Dialect } from './dialect.ts';
import { readOriginal } from './read-original.ts';
import { writeAllowed } from './write-allowed.ts';

const HEADERS = { method: 'x-original-method', target: 'x-original-uri' } as const;
const PROBLEM_HEADER = 'X-Wardgate-Problem';

/**
 * nginx's `auth_request` module: asks by GET with `X-Original-Method` and `X-Original-URI` (nginx's `$request_uri`), which the
 * configuration must set. 2xx allows; 401 and 403 deny; nginx makes 500 of everything else, so that 400, 404, 405 and 503 deny as well, and
 * the shipped configuration gives the client the true status and, from `X-Wardgate-Problem`, the body, which nginx itself throws away. A
 * configuration that does not know of this still denies. Does NOT read `X-Original-URL`: one header, one reading.
 * @see nginx's documentation, "Module ngx_http_auth_request_module"
 */
export const nginxDialect: Dialect = {
  name: 'nginx',
  path: '/_gateway/auth/nginx',
  readOriginal: (request) => readOriginal(request.headers, HEADERS),
  allowed: writeAllowed,
  denied: withProblemHeader,
};

function withProblemHeader(answer: Answer): Answer {
  if (answer.body === '' || !isHeaderValue(answer.body)) return answer;
  return { ...answer, headers: [...answer.headers, PROBLEM_HEADER, answer.body] };
}
