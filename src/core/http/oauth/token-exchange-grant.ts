import { ok, type Result, refused } from '../../../lib/result.ts';
import type { FormParameters } from '../../../oauth/form-body.ts';
import type { ExchangeRefusal, ExchangeToken, PresentedToken } from '../../exchange/exchange-token.ts';
import type { WantedToken } from '../../exchange/narrow-claims.ts';
import type { OAuthErrorCode } from './oauth-error-response.ts';
import { readScope, type TokenGrant, writeTokenAnswer } from './token-grants.ts';

/** The `grant_type` of token exchange. @see RFC 8693, section 2.1 */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The types by which a subject may be named: an access token, or any JWT of ours that tells of a user, as an identity assertion does. @see RFC 8693, section 3 */
export const SUBJECT_TOKEN_TYPES = [
  'urn:ietf:params:oauth:token-type:access_token',
  'urn:ietf:params:oauth:token-type:jwt',
] as const;

const [ACCESS_TOKEN, JWT] = SUBJECT_TOKEN_TYPES;

/**
 * Creates the grant of token exchange: a service gets a token with which it calls one other service for a user. One `audience` is a must, where the RFC leaves it
 * open: a token for no service in particular would be no narrower. Does NOT take `actor_token` (the client that was authenticated is who acts) and
 * `resource` (services are known by audiences here). @see RFC 8693, section 2
 */
export function createTokenExchangeGrant(exchangeToken: ExchangeToken): TokenGrant {
  return async (client, form, request) => {
    const wanted = readWanted(form);
    if (!wanted.ok) return wanted;
    const { presented, ...rest } = wanted.value;
    const exchanged = await exchangeToken(client, presented, rest, request);
    if (!exchanged.ok) return refused(errorOf(exchanged.reason));
    return ok({ ...writeTokenAnswer(exchanged.value), issued_token_type: ACCESS_TOKEN });
  };
}

function readWanted(
  form: FormParameters,
): Result<WantedToken & { readonly presented: PresentedToken }, OAuthErrorCode> {
  const [token, type] = [form.get('subject_token'), form.get('subject_token_type')];
  const as = type === ACCESS_TOKEN ? 'access_token' : type === JWT ? 'jwt' : undefined;
  const wantedType = form.get('requested_token_type') ?? ACCESS_TOKEN;
  if (token === undefined || as === undefined || wantedType !== ACCESS_TOKEN)
    return refused('invalid_request');
  if (form.get('actor_token') !== undefined || form.get('actor_token_type') !== undefined)
    return refused('invalid_request');
  if (form.get('resource') !== undefined) return refused('invalid_target');
  const audience = form.get('audience');
  if (audience === undefined) return refused('invalid_request');
  const scopes = readScope(form);
  return scopes.ok ? ok({ presented: { token, as }, audience, scopes: scopes.value }) : scopes;
}

/** What the client is told: of its own rights precisely, of the token nothing but that it is not taken. @see RFC 8693, section 2.2.2 */
function errorOf(refusal: ExchangeRefusal): OAuthErrorCode {
  switch (refusal) {
    case 'exchange_not_allowed':
      return 'unauthorized_client';
    case 'audience_not_allowed':
      return 'invalid_target';
    case 'scope_not_allowed':
      return 'invalid_scope';
    case 'subject_malformed':
    case 'subject_expired':
    case 'subject_ended':
    case 'subject_not_a_user':
    case 'subject_of_another_audience':
    case 'too_many_actors':
      return 'invalid_request';
  }
}
