// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ): no quote and no backslash, so that it is safe between quotes.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Reads a list of scope tokens separated by single spaces, each once; `undefined` for anything else. @see RFC 6749, section 3.3 */
export function parseScope(text: string): readonly string[] | undefined {
  return SCOPE.test(text) ? [...new Set(text.split(' '))] : undefined;
}
