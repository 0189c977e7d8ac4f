import { ok, type Result, refused } from '../../lib/result.ts';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** A range of addresses that share their first bits. */
export interface IpRange {
  readonly first: IpAddress;
  readonly prefixBits: number;
}

const MAPPED_PREFIX_BITS = 96;

/**
 * Reads a range in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3); a bare address is a range of one. The reason of a
 * refusal says what was expected. Refused are ranges of all addresses, and host bits that are set: `10.0.0.1/8` is either a slip of the
 * mask or of the address, and nobody can tell which.
 */
export function parseIpRange(text: string): Result<IpRange, string> {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = parseIpAddress(addressText);
  if (address === undefined || rest.length > 0)
    return refused(
      `expected an address or a range such as "10.0.0.0/8" or "fd00::/8", got ${JSON.stringify(text)}`,
    );
  const bits = address.octets.length * 8;
  const prefixBits = prefixText === undefined ? bits : readPrefixBits(prefixText, addressText, address);
  if (prefixBits === undefined || prefixBits < 0 || prefixBits > bits)
    return refused(`expected a prefix length from 1 to ${bits}, got ${JSON.stringify(text)}`);
  if (prefixBits === 0) return refused(`expected a range of known proxies, got "${text}", which is everyone`);
  const first = maskedOctets(address.octets, prefixBits);
  if (first.some((octet, index) => octet !== address.octets[index]))
    return refused(`expected no bits set behind the prefix, got "${text}"`);
  return ok({ first: address, prefixBits });
}

/** Tells whether an address is in a range. An IPv4 address is never in an IPv6 range. */
export function isInRange(address: IpAddress, { first, prefixBits }: IpRange): boolean {
  if (address.octets.length !== first.octets.length) return false;
  const masked = maskedOctets(address.octets, prefixBits);
  return masked.every((octet, index) => octet === first.octets[index]);
}

/** The prefix length, counted from the start of what the address became: `::ffff:10.0.0.0/104` is `10.0.0.0/8`. */
function readPrefixBits(text: string, addressText: string, address: IpAddress): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const mapped = address.octets.length === 4 && addressText.includes(':');
  return mapped ? Number(text) - MAPPED_PREFIX_BITS : Number(text);
}

function maskedOctets(octets: readonly number[], prefixBits: number): number[] {
  return octets.map((octet, index) => {
    const kept = Math.min(Math.max(prefixBits - index * 8, 0), 8);
    return octet & (0xff << (8 - kept)) & 0xff;
  });
}
