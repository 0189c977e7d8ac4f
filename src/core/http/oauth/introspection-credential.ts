import { ok, type Result, refused } from '../../../lib/result.ts';
import type { FormParameters } from '../../../oauth/form-body.ts';
import type { CallerCredential, CallerRefusal } from '../../introspection/introspection-caller.ts';
import { readCredential } from './authenticated-form.ts';
import type { OAuthErrorCode } from './oauth-error-response.ts';

const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** What a client proves itself with in the form. */
const IN_FORM = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * Reads the one credential of who asks about a token: a client's, or an access token in the `Authorization` field. Both at once is refused. Does NOT verify it, and
 * does NOT look at cookies, which ride along, nor at API keys. @see RFC 7662, section 2.1; RFC 6750, section 2.1
 */
export function readIntrospectionCredential(
  authorization: string | undefined,
  form: FormParameters,
): Result<CallerCredential, OAuthErrorCode> {
  const token = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (token !== undefined)
    return IN_FORM.some((name) => form.has(name))
      ? refused('invalid_request')
      : ok({ method: 'bearer_token', token });
  return readCredential(authorization, form);
}

/** What a refused caller is told. */
export function callerError(refusal: CallerRefusal): OAuthErrorCode {
  switch (refusal) {
    case 'client_refused':
      return 'invalid_client';
    case 'token_refused':
      return 'invalid_token';
    case 'scope_missing':
      return 'insufficient_scope';
  }
}
