const OWN_COOKIE_NAMES: ReadonlySet<string> = new Set([
  '__host-wardgate_session',
  'wardgate_session',
  'access_token',
  'refresh_token',
]);
const MAY_HOLD_OWN = /wardgate_session|access_token|refresh_token/i;

/** Tells whether a cookie is one of ours. Case does not count, because some servers ignore it. */
function isOwnCookieName(name: string): boolean {
  return OWN_COOKIE_NAMES.has(name.trim().toLowerCase());
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals === -1 ? pair : pair.slice(0, equals);
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
