import { problemAnswer, RETRY_AFTER_SECONDS } from '../lib/problem.ts';
import { bearerChallenge } from '../oauth/challenge.ts';
import type { Answer } from './answer.ts';
import type { Denial } from './decision.ts';

/** What the client is told of a denial: dull on purpose. `code` is stable; clients may rely on it. */
interface PublicDenial {
  readonly status: 400 | 401 | 403 | 404 | 405 | 501 | 503;
  readonly code: string;
  readonly title: string;
  /** Further headers: name, value, … */
  readonly headers?: readonly string[];
}

/**
 * Turns a denial into its answer: the one place where a reason gets a status. Does NOT repeat anything of the request, nor the precise
 * reason. @see RFC 9457 (problem details); RFC 6750, section 3 (challenges); RFC 9110, section 15.5.6 (405 carries `Allow`)
 */
export function denialAnswer(denial: Denial, requestId: string): Answer {
  const { status, code, title, headers = [] } = publicDenial(denial);
  return problemAnswer({ status, code, title, requestId, headers });
}

function publicDenial(denial: Denial): PublicDenial {
  switch (denial.because) {
    case 'target_malformed':
      return badRequest('invalid_request_target', 'The request target cannot be read in one way');
    case 'host_malformed':
      return badRequest('invalid_host', 'The Host header is not a host');
    case 'header_repeated':
      return badRequest('repeated_header', 'A header that may stand once is repeated');
    case 'credential_ambiguous':
      return badRequest('ambiguous_credentials', 'The request carries more than one credential');
    case 'dialect_header_missing':
      return badRequest('forward_auth_header_missing', 'The proxy left out a header that it must send');
    case 'dialect_header_malformed':
      return badRequest('forward_auth_header_invalid', 'The proxy sent a malformed header');
    case 'transfer_coding_unknown':
      return CODING_UNKNOWN;
    case 'peer_not_trusted':
      return forbidden('peer_not_trusted', 'Only trusted proxies may ask here', bearerChallenge({}));
    case 'no_route':
      return NO_ROUTE;
    case 'method_not_allowed':
      return methodNotAllowed(denial.allowedMethods ?? []);
    case 'credential_missing':
      return unauthorized('credential_missing', 'A credential is needed', bearerChallenge({}));
    case 'credential_malformed':
    case 'credential_unsupported':
    case 'credential_rejected':
      return unauthorized(
        'invalid_token',
        'The credential is not valid',
        bearerChallenge({ error: 'invalid_token' }),
      );
    case 'origin_mismatch':
      return forbidden('origin_mismatch', 'The page is of another origin', bearerChallenge({}));
    case 'role_missing':
    case 'condition_failed':
      return forbidden('insufficient_scope', INSUFFICIENT, bearerChallenge({ error: 'insufficient_scope' }));
    case 'scope_missing':
      return forbidden('insufficient_scope', INSUFFICIENT, scopeChallenge(denial.requiredScopes));
    case 'dependency_unavailable':
      return UNAVAILABLE;
  }
}

const NO_ROUTE: PublicDenial = { status: 404, code: 'no_route', title: 'Nothing is routed here' };

const CODING_UNKNOWN: PublicDenial = {
  status: 501,
  code: 'transfer_coding_unknown',
  title: 'The only transfer coding that is read here is chunked',
};

const UNAVAILABLE: PublicDenial = {
  status: 503,
  code: 'temporarily_unavailable',
  title: 'Whether this is allowed cannot be told right now',
  headers: ['Retry-After', String(RETRY_AFTER_SECONDS)],
};

const INSUFFICIENT = 'The credential does not allow this';

function scopeChallenge(scopes: readonly string[] | undefined): string {
  return bearerChallenge({ error: 'insufficient_scope', ...(scopes && { scope: scopes.join(' ') }) });
}

function methodNotAllowed(methods: readonly string[]): PublicDenial {
  const headers = ['Allow', methods.join(', ')];
  return { status: 405, code: 'method_not_allowed', title: 'The method is not allowed here', headers };
}

function badRequest(code: string, title: string): PublicDenial {
  return { status: 400, code, title };
}

function unauthorized(code: string, title: string, challenge: string): PublicDenial {
  return { status: 401, code, title, headers: ['WWW-Authenticate', challenge] };
}

function forbidden(code: string, title: string, challenge: string): PublicDenial {
  return { status: 403, code, title, headers: ['WWW-Authenticate', challenge] };
}
