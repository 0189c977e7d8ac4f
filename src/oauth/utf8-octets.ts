const BEYOND_ASCII = /[^\0-\x7f]/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of which these are the octets in UTF-8, each a character; `undefined` where they are not UTF-8. Nearly always all are ASCII, and then each octet is
 * a character of the text: making bytes of them takes longer than all the rest. Keeps a byte order mark.
 */
export function decodeUtf8Octets(octets: string): string | undefined {
  if (!BEYOND_ASCII.test(octets)) return octets;
  try {
    return decoder.decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
