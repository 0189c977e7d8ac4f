import { ok, type Result } from '../../lib/result.ts';
import { parseIpAddress } from './ip-address.ts';
import { type IpRange, isInRange, parseIpRange } from './ip-range.ts';

/** The peers that may speak for their clients: forward-auth and `X-Forwarded-*`. */
export interface TrustedProxies {
  /** Whether this address is one of them. An absent or unreadable address never is. */
  trusts(address: string | undefined): boolean;
  /** The canonical writing of an address; `undefined` where it is absent or unreadable. */
  canonical(address: string | undefined): string | undefined;
}

/** What is known of an address as it was written. */
interface Finding {
  readonly trusted: boolean;
  readonly text: string | undefined;
}

const UNREADABLE: Finding = { trusted: false, text: undefined };
// A gateway behind proxies sees a handful of peers. One that faces the internet sees many, and then looking again is cheap.
const REMEMBERED_MAX = 256;
// No address is longer; a longer text is not worth remembering.
const ADDRESS_LENGTH_MAX = 45;

/**
 * Creates the set of trusted proxies from ranges in CIDR notation; an empty list trusts nobody. The reason of a refusal names the
 * first range that is not one, or that is everyone. Does NOT resolve host names.
 * @see CVE-2026-40575 (oauth2-proxy: forwarded headers believed from anyone)
 */
export function createTrustedProxies(cidrs: readonly string[]): Result<TrustedProxies, string> {
  const ranges: IpRange[] = [];
  for (const cidr of cidrs) {
    const range = parseIpRange(cidr);
    if (!range.ok) return range;
    ranges.push(range.value);
  }

  const remembered = new Map<string, Finding>();
  const look = (address: string | undefined): Finding => {
    if (address === undefined || address.length > ADDRESS_LENGTH_MAX) return UNREADABLE;
    const known = remembered.get(address);
    if (known !== undefined) return known;
    const found = examine(address, ranges);
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(address, found);
    return found;
  };
  return ok({ trusts: (address) => look(address).trusted, canonical: (address) => look(address).text });
}

function examine(text: string, ranges: readonly IpRange[]): Finding {
  const address = parseIpAddress(text);
  if (address === undefined) return UNREADABLE;
  return { trusted: ranges.some((range) => isInRange(address, range)), text: address.text };
}
