import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import {
  ACCESS_TOKEN_COOKIE,
  REFRESH_TOKEN_COOKIE,
  sessionCookieName,
} from '../../../identity/session-cookie.ts';
import { pathOfIssuer } from '../../../oauth/issuer-address.ts';
import type { SessionLimits } from '../../sessions/session-limits.ts';
import type { Session, SessionTransport } from '../../sessions/session-store.ts';
import type { IssuedAccessToken } from '../../tokens/access-token.ts';
import type { CoreEnv } from '../core-env.ts';

/** Where refresh tokens are exchanged; below the public URL the only path to which browsers send the refresh cookie. */
export const REFRESH_PATH = '/v1/auth/tokens/refresh';

/** Documents an answer that may set or clear cookies: `headers: cookieHeaders('…')`. */
export function cookieHeaders(description: string) {
  return z.object({ 'Set-Cookie': z.string().optional().openapi({ description }) });
}

/** The tokens of a session that go into cookies. */
export interface CookieTokens {
  readonly session: Session;
  readonly accessToken: IssuedAccessToken;
  readonly refreshToken: string;
}

/** Sets and clears the cookies that are credentials. */
export interface SessionCookies {
  /** Sets the session cookie, and clears the cookies of the other transport: a browser that logs in anew is one user. */
  setSession(c: Context<CoreEnv>, token: string): void;
  /** Sets access and refresh token, and clears the session cookie. */
  setTokens(c: Context<CoreEnv>, tokens: CookieTokens): void;
  /** Tells the browser to forget the cookies of one transport, or of all. Does NOT end a session. */
  clear(c: Context<CoreEnv>, transport?: SessionTransport): void;
}

/**
 * Creates the writer of cookies: HttpOnly, and Secure except where the public URL is plain http, which configuration allows on loopback alone.
 * The session cookie and the access token are `SameSite=Lax`, so that a link from a mail arrives logged in; unsafe methods are held by the
 * origin check. The refresh token is of use to our own pages alone: Strict, and for one path. An access token's cookie goes with the token.
 * @see RFC 6265bis, section 4.1.3.2 (the `__Host-` prefix) and section 8.8 (SameSite)
 */
export function createSessionCookies(options: {
  readonly publicUrl: string;
  readonly limits: SessionLimits;
}): SessionCookies {
  const { limits } = options;
  const sessionName = sessionCookieName(options.publicUrl);
  const secure = options.publicUrl.startsWith('https:');
  const everywhere = { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const;
  const refreshPath = `${pathOfIssuer(options.publicUrl)}${REFRESH_PATH}`;
  const atRefresh = { path: refreshPath, httpOnly: true, sameSite: 'Strict', secure } as const;

  function clearSession(c: Context<CoreEnv>): void {
    setCookie(c, sessionName, '', { ...everywhere, maxAge: 0 });
  }

  function clearTokens(c: Context<CoreEnv>): void {
    setCookie(c, ACCESS_TOKEN_COOKIE, '', { ...everywhere, maxAge: 0 });
    setCookie(c, REFRESH_TOKEN_COOKIE, '', { ...atRefresh, maxAge: 0 });
  }

  return {
    setSession(c, token) {
      setCookie(c, sessionName, token, { ...everywhere, maxAge: limits.cookieLifetimeSeconds });
      clearTokens(c);
    },
    setTokens(c, { session, accessToken, refreshToken }) {
      const leftMs = session.expiresAt.getTime() - session.lastSeenAt.getTime();
      const refreshSeconds = Math.min(Math.floor(leftMs / 1000), limits.cookieIdleSeconds);
      setCookie(c, ACCESS_TOKEN_COOKIE, accessToken.token, {
        ...everywhere,
        maxAge: accessToken.expiresInSeconds,
      });
      setCookie(c, REFRESH_TOKEN_COOKIE, refreshToken, { ...atRefresh, maxAge: refreshSeconds });
      clearSession(c);
    },
    clear(c, transport) {
      if (transport !== 'token_cookies') clearSession(c);
      if (transport !== 'cookie') clearTokens(c);
    },
  };
}
