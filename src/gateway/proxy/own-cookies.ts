import { ACCESS_TOKEN_COOKIE, REFRESH_TOKEN_COOKIE } from '../../identity/session-cookie.ts';

const OWN_COOKIE_NAMES: ReadonlySet<string> = new Set([
  '__host-wardgate_session',
  'wardgate_session',
  ACCESS_TOKEN_COOKIE,
  REFRESH_TOKEN_COOKIE,
]);
const MAY_HOLD_OWN = /wardgate_session|access_token|refresh_token/i;

/** Tells whether a cookie is one of ours. Case does not count, because some servers ignore it. */
function isOwnCookieName(name: string): boolean {
  return OWN_COOKIE_NAMES.has(name.trim().toLowerCase());
}

/**
 * The name that a pair has to its most careless reader: where it begins with `=`, some browsers keep and send what comes after it, and that
 * reads as a pair of its own. @see RFC 6265bis, section 5.6 (nameless cookies)
 */
function nameOf(pair: string): string {
  const named = pair.replace(/^[\s=]+/, '');
  const equals = named.indexOf('=');
  return equals === -1 ? named : named.slice(0, equals);
}

/**
 * Takes our own cookies out of a `Cookie` field's value; the other ones stay as they are, byte for byte and in order. `undefined` when
 * nothing is left. @see RFC 6265, section 4.2.1
 */
export function withoutOwnCookies(value: string): string | undefined {
  if (!MAY_HOLD_OWN.test(value)) return value;
  const pairs = value.split(';');
  const kept = pairs.filter((pair) => !isOwnCookieName(nameOf(pair)));
  if (kept.length === pairs.length) return value;
  return kept.length === 0 ? undefined : kept.join(';').trimStart();
}

/** Tells whether a `Set-Cookie` field's value would plant or overwrite one of our cookies. */
export function setsOwnCookie(value: string): boolean {
  return MAY_HOLD_OWN.test(value) && isOwnCookieName(nameOf(value.split(';', 1)[0] ?? ''));
}
