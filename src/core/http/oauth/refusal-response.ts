import type { Context } from 'hono';
import type { CoreEnv } from '../core-env.ts';
import { problemResponse } from '../problem-response.ts';
import { type OAuthErrorCode, oauthErrorResponse } from './oauth-error-response.ts';

/** What any path may answer, whatever its route says. */
export type CommonRefusal = 'payload_too_large' | 'temporarily_unavailable' | 'internal_error';

/** Answers a request with a refusal in the form that its path speaks: an OAuth error at the OAuth endpoints, a problem document elsewhere. */
export function refusalResponse(c: Context<CoreEnv>, code: CommonRefusal): Response {
  if (!c.req.path.startsWith('/oauth/')) return problemResponse(c, code);
  return oauthErrorResponse(c, oauthCodeOf(code));
}

/** What the OAuth endpoints call it. @see RFC 6749, section 4.1.2.1 */
export function oauthCodeOf(code: CommonRefusal): OAuthErrorCode {
  return code === 'internal_error' ? 'server_error' : code;
}
