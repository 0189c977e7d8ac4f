import type { Principal } from '../../../identity/principal.ts';
import type { Log } from '../../../lib/log.ts';
import { prefersMediaType } from '../../../lib/prefers-media-type.ts';
import { stackFrames } from '../../../lib/stack-frames.ts';
import { UnavailableError } from '../../../lib/unavailable-error.ts';
import type { Introspection } from '../../introspection/create-introspection.ts';
import type { ActiveToken } from '../../introspection/introspect.ts';
import { INTROSPECT_SCOPE } from '../../introspection/introspection-caller.ts';
import type { RequestFacts } from '../core-env.ts';
import { type OAuthRequest, readOAuthForm } from './authenticated-form.ts';
import { INACTIVE, introspectionAnswer } from './introspection-answer.ts';
import { callerError, readIntrospectionCredential } from './introspection-credential.ts';
import { type OAuthAnswer, oauthErrorAnswer } from './oauth-error-response.ts';

/** Where it is asked. */
export const INTROSPECTION_PATH = '/oauth/introspect';
const SIGNED_TYPE = 'token-introspection+jwt';
/** What the signed answer is called. @see RFC 9701, section 5 */
export const SIGNED_MEDIA_TYPE = `application/${SIGNED_TYPE}`;
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };
const JSON_HEADERS = { 'Content-Type': 'application/json', ...NO_STORE };
// Written once: most questions of an attacker end here.
const INACTIVE_TEXT = JSON.stringify(INACTIVE);

/** Answers a question about a token, whatever brought it here. Does NOT throw. */
export type AnswerIntrospection = (request: OAuthRequest, facts: RequestFacts) => Promise<OAuthAnswer>;

/**
 * Creates the answering of questions about tokens. A function of what was read, so that a server may call it without a framework in between: services
 * ask for each request that they get. @see RFC 7662; RFC 9701
 */
export function createAnswerIntrospection(introspection: Introspection, log: Log): AnswerIntrospection {
  const { own } = introspection;
  // A token that is remembered has the same principal each time, and so the same answer.
  const written = new WeakMap<Principal, string>();

  function textOf(active: ActiveToken | undefined): string {
    if (active === undefined) return INACTIVE_TEXT;
    const known = written.get(active.principal);
    if (known !== undefined) return known;
    const text = JSON.stringify(introspectionAnswer(active, own));
    written.set(active.principal, text);
    return text;
  }

  async function answer(request: OAuthRequest, facts: RequestFacts): Promise<OAuthAnswer> {
    const form = readOAuthForm(request);
    if (!form.ok) return oauthErrorAnswer(form.reason);
    const credential = readIntrospectionCredential(request.authorization, form.value);
    if (!credential.ok) return oauthErrorAnswer(credential.reason);
    const token = form.value.get('token');
    const caller = await introspection.authenticateCaller(credential.value, token, facts);
    if (!caller.ok) return oauthErrorAnswer(callerError(caller.reason), INTROSPECT_SCOPE);
    if (token === undefined) return oauthErrorAnswer('invalid_request');
    const text = textOf(await introspection.introspect(token, caller.value));
    if (prefersMediaType(request.accept, SIGNED_MEDIA_TYPE, 'application/json'))
      return signedAnswer(text, caller.value.id, introspection);
    return { status: 200, headers: JSON_HEADERS, body: text };
  }

  return async (request, facts) => {
    try {
      return await answer(request, facts);
    } catch (error) {
      const { requestId } = facts;
      if (error instanceof UnavailableError) {
        log.warn('a dependency could not tell', { request_id: requestId, dependency: error.dependency });
        return oauthErrorAnswer('temporarily_unavailable');
      }
      log.error('the core failed', { request_id: requestId, ...stackFrames(error) });
      return oauthErrorAnswer('server_error');
    }
  };
}

/**
 * Answers with a JWT. It has neither `sub` nor `exp`, and a type of its own, so that it never passes for an access token.
 * @see RFC 9701, sections 5 and 8.1
 */
async function signedAnswer(
  text: string,
  callerId: string,
  { own, sign, clock }: Introspection,
): Promise<OAuthAnswer> {
  const iat = Math.floor(clock() / 1000);
  const claims = { iss: own.issuer, aud: callerId, iat, token_introspection: JSON.parse(text) };
  const headers = { 'Content-Type': SIGNED_MEDIA_TYPE, ...NO_STORE };
  return { status: 200, headers, body: await sign(claims, SIGNED_TYPE) };
}
