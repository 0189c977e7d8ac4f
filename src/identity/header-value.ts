// Visible ASCII, spaces only inside: what every server and proxy reads alike (RFC 9110, section 5.5, without obs-text and tab).
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;
const HEADER_VALUE_LENGTH_MAX = 1024;

/**
 * Tells whether a text can be an identity header's value as it is: visible ASCII with inner spaces, at most 1024 characters,
 * or empty. A value that cannot is refused by the caller, never altered. @see CVE-2019-9900 (Envoy: NUL in header values)
 */
export function isHeaderValue(text: string): boolean {
  return text.length <= HEADER_VALUE_LENGTH_MAX && HEADER_VALUE.test(text);
}
