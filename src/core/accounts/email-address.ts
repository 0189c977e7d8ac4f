import { ok, type Result, refused } from '../../lib/result.ts';

// RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3: a path of 256 octets holds an address of 254.
const LOCAL_PART_LENGTH_MAX = 64;
/** The longest e-mail address there is. @see RFC 5321, section 4.5.3.1.3, less the angle brackets */
export const EMAIL_LENGTH_MAX = 254;

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads one e-mail address and gives it in lower case, as it is stored. Takes what every mail server takes: a dot-atom, and a domain with a dot in it.
 * Refuses quoted local parts, address literals, display names, comments, lists, controls and everything beyond ASCII; an
 * internationalized domain is written in its ASCII form (`xn--…`). Does NOT tell whether anybody reads mail there.
 * @see RFC 5322, section 3.4.1 (addr-spec); RFC 7085 (dotless domains)
 */
export function parseEmailAddress(text: string): Result<string, 'malformed'> {
  const address = text.toLowerCase();
  // What lower case makes ASCII of, such as the Kelvin sign, was none.
  if (text.length > EMAIL_LENGTH_MAX || !/^[\x21-\x7e]+$/.test(text)) return refused('malformed');
  const at = address.indexOf('@');
  const localPart = address.slice(0, Math.max(at, 0));
  const isAddress = LOCAL_PART.test(localPart) && DOMAIN.test(address.slice(at + 1));
  return isAddress && localPart.length <= LOCAL_PART_LENGTH_MAX ? ok(address) : refused('malformed');
}
