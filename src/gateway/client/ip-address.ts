/** An IP address with one writing. IPv4-mapped IPv6 addresses are IPv4 here. */
export interface IpAddress {
  /** In network order: 4 octets of an IPv4, 16 of an IPv6 address. */
  readonly octets: readonly number[];
  /** Dotted decimal, or the form of RFC 5952. */
  readonly text: string;
}

// The longest text of an IPv6 address, `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const TEXT_LENGTH_MAX = 45;
const IPV4_OCTETS = 4;
const IPV6_GROUPS = 8;
const DECIMAL_OCTET = /^(?:0|[1-9]\d{0,2})$/;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;

/**
 * Reads an IPv4 or IPv6 address; `undefined` for anything else. Strict: no leading zeros in IPv4 (some readers take them for octal), no
 * short IPv4 forms, no brackets, ports, zones or spaces. `::ffff:10.0.0.1` is 10.0.0.1.
 * @see RFC 4291, section 2.2; RFC 5952, section 4; CVE-2021-29921 (leading zeros)
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  if (!text.includes(':')) {
    const octets = parseIpv4(text);
    return octets === undefined ? undefined : { octets, text };
  }
  const groups = parseIpv6(text);
  if (groups === undefined) return undefined;
  const octets = groups.flatMap((group) => [group >> 8, group & 0xff]);
  if (!isIpv4Mapped(groups)) return { octets, text: formatIpv6(groups) };
  const mapped = octets.slice(-IPV4_OCTETS);
  return { octets: mapped, text: mapped.join('.') };
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== IPV4_OCTETS) return undefined;
  const octets: number[] = [];
  for (const part of parts) {
    const octet = DECIMAL_OCTET.test(part) ? Number(part) : 256;
    if (octet > 255) return undefined;
    octets.push(octet);
  }
  return octets;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  const [before = '', after] = halves;
  if (halves.length > 2) return undefined;
  const right = after === undefined ? [] : parseGroups(after, true);
  const left = parseGroups(before, after === undefined);
  if (left === undefined || right === undefined) return undefined;
  const missing = IPV6_GROUPS - left.length - right.length;
  // `::` stands for at least one group; without it nothing may be missing.
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...new Array<number>(missing).fill(0), ...right];
}

/** Reads groups between colons; at the end of an address the last two may be written as IPv4. */
function parseGroups(text: string, atEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const octets = atEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (octets === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    groups.push(a * 256 + b, c * 256 + d);
  }
  return groups;
}

function isIpv4Mapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** Lower-case, no leading zeros, `::` for the first of the longest runs of two or more zero groups. */
function formatIpv6(groups: readonly number[]): string {
  const run = longestZeroRun(groups);
  const write = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return run.length < 2
    ? write(groups)
    : `${write(groups.slice(0, run.start))}::${write(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  return longest;
}
