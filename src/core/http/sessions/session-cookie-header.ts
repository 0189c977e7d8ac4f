import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { sessionCookieName } from '../../../identity/session-cookie.ts';
import type { CoreEnv } from '../core-env.ts';

/** Sets and clears the browser's session cookie. */
export interface SessionCookie {
  set(c: Context<CoreEnv>, token: string): void;
  /** Tells the browser to forget it. Does NOT end the session. */
  clear(c: Context<CoreEnv>): void;
}

/**
 * Creates the writer of the session cookie: HttpOnly, for the whole site, `SameSite=Lax`, and Secure except where the public URL is plain http, which
 * configuration allows on loopback alone. Lax, so that a link from a mail arrives logged in; unsafe methods are held by the origin check.
 * @see RFC 6265bis, section 4.1.3.2 (the `__Host-` prefix) and section 8.8 (SameSite)
 */
export function createSessionCookie(options: {
  readonly publicUrl: string;
  readonly lifetimeSeconds: number;
}): SessionCookie {
  const name = sessionCookieName(options.publicUrl);
  const secure = options.publicUrl.startsWith('https:');
  const attributes = { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const;
  return {
    set: (c, token) => setCookie(c, name, token, { ...attributes, maxAge: options.lifetimeSeconds }),
    clear: (c) => setCookie(c, name, '', { ...attributes, maxAge: 0 }),
  };
}
