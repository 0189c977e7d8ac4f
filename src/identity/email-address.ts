import { ok, type Result, refused } from '../lib/result.ts';

// RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3: a path of 256 octets holds an address of 254.
const LOCAL_PART_LENGTH_MAX = 64;
/** The longest e-mail address there is. @see RFC 5321, section 4.5.3.1.3, less the angle brackets */
export const EMAIL_LENGTH_MAX = 254;

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const LOCAL_PART = `${ATOM}(?:\\.${ATOM})*`;
const DOMAIN = `(?:${LABEL}\\.)+${LABEL}`;
const ADDRESS = new RegExp(`^(?=[^@]{1,${LOCAL_PART_LENGTH_MAX}}@)${LOCAL_PART}@${DOMAIN}$`);
/** The shape of an e-mail address, as the text of a regular expression. Does NOT hold its length. */
export const EMAIL_PATTERN = ADDRESS.source;

/**
 * Reads one e-mail address and gives it in lower case, as it is stored. Takes what every mail server takes: a dot-atom, and a domain with a dot in it.
 * Refuses quoted local parts, address literals, display names, comments, lists, controls and everything beyond ASCII; an
 * internationalized domain is written in its ASCII form (`xn--…`). Does NOT tell whether anybody reads mail there.
 * @see RFC 5322, section 3.4.1 (addr-spec); RFC 7085 (dotless domains)
 */
export function parseEmailAddress(text: string): Result<string, 'malformed'> {
  // Of ASCII alone before it is put in lower case, which makes ASCII of the Kelvin sign.
  return text.length <= EMAIL_LENGTH_MAX && ADDRESS.test(text)
    ? ok(text.toLowerCase())
    : refused('malformed');
}
