import type { Principal } from '../../../identity/principal.ts';
import type { Log } from '../../../lib/log.ts';
import { prefersMediaType } from '../../../lib/prefers-media-type.ts';
import { createRecentMemory } from '../../../lib/recent-memory.ts';
import { type Soon, whenThere } from '../../../lib/soon.ts';
import type { Introspection } from '../../introspection/create-introspection.ts';
import type { ActiveToken } from '../../introspection/introspect.ts';
import { INTROSPECT_SCOPE } from '../../introspection/introspection-caller.ts';
import type { RequestFacts } from '../core-env.ts';
import { failureCode } from '../failure-code.ts';
import { type OAuthRequest, readOAuthForm } from './authenticated-form.ts';
import { INACTIVE, introspectionAnswer } from './introspection-answer.ts';
import { callerError, readIntrospectionCredential } from './introspection-credential.ts';
import { JSON_HEADERS, type OAuthAnswer, oauthErrorAnswer, unstoredHeaders } from './oauth-error-response.ts';
import { oauthCodeOf } from './refusal-response.ts';

/** Where it is asked. */
export const INTROSPECTION_PATH = '/oauth/introspect';
const SIGNED_TYPE = 'token-introspection+jwt';
/** What the signed answer is called. @see RFC 9701, section 5 */
export const SIGNED_MEDIA_TYPE = `application/${SIGNED_TYPE}`;
const SIGNED_HEADERS = unstoredHeaders(SIGNED_MEDIA_TYPE);
// Answers that are asked for again and again; to write one anew costs three microseconds.
const WRITTEN_MAX = 2000;
// Written once: most questions of an attacker end here.
const INACTIVE_TEXT = JSON.stringify(INACTIVE);

/** Answers a question about a token, whatever brought it here; at once where what is remembered suffices. Does NOT throw. */
export type AnswerIntrospection = (request: OAuthRequest, facts: RequestFacts) => Soon<OAuthAnswer>;

/**
 * Creates the answering of questions about tokens. A function of what was read, so that a server may call it without a framework in between: services
 * ask for each request that they get. @see RFC 7662; RFC 9701
 */
export function createAnswerIntrospection(introspection: Introspection, log: Log): AnswerIntrospection {
  const { own } = introspection;
  // A token that is remembered has the same principal each time, and so the same answer.
  const written = createRecentMemory<string, Principal>(WRITTEN_MAX);

  function textOf(active: ActiveToken | undefined): string {
    if (active === undefined) return INACTIVE_TEXT;
    const known = written.get(active.principal);
    if (known !== undefined) return known;
    const text = JSON.stringify(introspectionAnswer(active, own));
    written.set(active.principal, text);
    return text;
  }

  function answer(request: OAuthRequest, facts: RequestFacts): Soon<OAuthAnswer> {
    const form = readOAuthForm(request);
    if (!form.ok) return oauthErrorAnswer(form.reason);
    const credential = readIntrospectionCredential(request.authorization, form.value);
    if (!credential.ok) return oauthErrorAnswer(credential.reason);
    const token = form.value.get('token');
    return whenThere(introspection.authenticateCaller(credential.value, token, facts), (caller) => {
      if (!caller.ok) return oauthErrorAnswer(callerError(caller.reason), INTROSPECT_SCOPE);
      if (token === undefined) return oauthErrorAnswer('invalid_request');
      return whenThere(introspection.introspect(token, caller.value), (active) => {
        const text = textOf(active);
        return prefersMediaType(request.accept, SIGNED_MEDIA_TYPE, 'application/json')
          ? signedAnswer(text, caller.value.id, introspection)
          : { status: 200, headers: JSON_HEADERS, body: text };
      });
    });
  }

  return (request, facts) => {
    const fail = (error: unknown) => oauthErrorAnswer(oauthCodeOf(failureCode(error, facts.requestId, log)));
    try {
      const answered = answer(request, facts);
      return answered instanceof Promise ? answered.catch(fail) : answered;
    } catch (error) {
      return fail(error);
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
  return { status: 200, headers: SIGNED_HEADERS, body: await sign(claims, SIGNED_TYPE) };
}
