import { problemAnswer, RETRY_AFTER_SECONDS } from '../lib/problem.ts';
import { type HeadersLike, headerValueOf } from './header-value-of.ts';
import type { AssertionRefusal } from './identity.ts';

/** A complete answer: status, header fields (name, value, name, value, …) and a problem document as body. */
export type IdentityAnswer = ReturnType<typeof problemAnswer>;

/** Why a request gets no further than the adapter. */
export type UnservedReading =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly because: AssertionRefusal }
  | { readonly kind: 'unavailable' };

const RETRY_AFTER = ['Retry-After', String(RETRY_AFTER_SECONDS)];
const CHALLENGE = ['WWW-Authenticate', 'Bearer'];
// What Wardgate makes; whatever else stands there is not repeated.
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Makes the answer to a request that is not served: 401 for an identity that is missing or not believed, 503 where it could not be told. Does
 * NOT say why an identity is not believed: that is for the log. @see RFC 9457; RFC 9110, section 15.5.2 (401 carries a challenge)
 */
export function identityAnswer(reading: UnservedReading, headers: HeadersLike): IdentityAnswer {
  const found = headerValueOf(headers, 'x-request-id');
  const requestId = found.ok && REQUEST_ID.test(found.value ?? '') ? found.value : undefined;
  switch (reading.kind) {
    case 'anonymous': {
      const [code, title] = ['credential_missing', 'A credential is needed'];
      return problemAnswer({ status: 401, code, title, requestId, headers: CHALLENGE });
    }
    case 'refused': {
      const [code, title] = ['identity_refused', 'Who is calling cannot be believed'];
      return problemAnswer({ status: 401, code, title, requestId, headers: CHALLENGE });
    }
    case 'unavailable': {
      const [code, title] = ['temporarily_unavailable', 'Who is calling cannot be told right now'];
      return problemAnswer({ status: 503, code, title, requestId, headers: RETRY_AFTER });
    }
  }
}
