/**
 * The name of the browser's session cookie. Behind https it has the `__Host-` prefix, which browsers accept only with Secure, without
 * Domain and for path `/`, so that a sibling host cannot plant one (RFC 6265bis, section 4.1.3.2). A plain-http public URL, allowed on
 * loopback for development, gets the plain name. The other name is then not accepted.
 */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-wardgate_session' : 'wardgate_session';
}

/** The cookie in which clients that want it so carry their access token. */
export const ACCESS_TOKEN_COOKIE = 'access_token';

/** The cookie in which they carry their refresh token; browsers send it to the path of refreshing alone. */
export const REFRESH_TOKEN_COOKIE = 'refresh_token';

// 256 bits in base64url without padding: 42 whole characters and one of four bits.
const SESSION_TOKEN = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Tells whether a text has the shape of an opaque session token: 256 bits as 43 base64url characters, in the one spelling that they have. Does NOT tell whether it is one. */
export function isSessionToken(text: string): boolean {
  return SESSION_TOKEN.test(text);
}
