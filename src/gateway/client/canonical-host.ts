import { parseIpAddress } from './ip-address.ts';

const DEFAULT_PORTS = { http: 80, https: 443 } as const;
// A name of 253 octets, a trailing dot and `:65535`.
const HOST_LENGTH_MAX = 253 + 1 + 6;
const NAME_LENGTH_MAX = 253;

// Nearly every request names the same few hosts. Bounded, because clients can name any.
const KNOWN_HOSTS_MAX = 256;
const KNOWN = { http: new Map<string, string>(), https: new Map<string, string>() } as const;

// Both cases are listed and no pattern folds case: folding would take K (U+212A, Kelvin) for a `k`.
const BRACKETED = /^\[([0-9A-Fa-f:.]+)\](?::(\d{1,5}))?$/;
const NAMED = /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
// Labels of up to 63 octets. Underscores are no host names by RFC 952, but names of containers hold them.
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
// A last label that some readers take for a number, and so the whole for an IPv4 address: 127.1, 0x7f.1, 2130706433.
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/**
 * The one writing of a `Host` value: lower-case, without the trailing dot of a name, without the scheme's default port, addresses in
 * canonical form. `undefined` for whatever is not exactly a host and perhaps a port from 1 to 65535: user information, paths, percent-encoding, zones, short
 * or octal IPv4 forms, empty labels. Does NOT tell whether the host is one of ours. @see RFC 9110, section 7.2; RFC 3986, section 3.2
 */
export function canonicalHost(value: string, scheme: 'http' | 'https'): string | undefined {
  const known = KNOWN[scheme].get(value);
  if (known !== undefined) return known;
  const host = readHost(value, scheme);
  if (host !== undefined && KNOWN[scheme].size < KNOWN_HOSTS_MAX) KNOWN[scheme].set(value, host);
  return host;
}

function readHost(value: string, scheme: 'http' | 'https'): string | undefined {
  if (value.length > HOST_LENGTH_MAX) return undefined;
  const bracketed = BRACKETED.exec(value);
  const parts = bracketed ?? NAMED.exec(value);
  const [, hostText = '', portText] = parts ?? [];
  const host = bracketed === null ? canonicalName(hostText.toLowerCase()) : canonicalIpv6(hostText);
  const port = canonicalPort(portText, scheme);
  return host === undefined || port === undefined ? undefined : host + port;
}

function canonicalName(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name.length > NAME_LENGTH_MAX || !NAME.test(name)) return undefined;
  return NUMERIC_END.test(name) ? parseIpAddress(name)?.text : name;
}

function canonicalIpv6(text: string): string | undefined {
  if (!text.includes(':')) return undefined;
  const address = parseIpAddress(text);
  if (address === undefined) return undefined;
  return address.text.includes(':') ? `[${address.text}]` : address.text;
}

/** The port with its colon, or empty where it is the scheme's own. */
function canonicalPort(text: string | undefined, scheme: 'http' | 'https'): string | undefined {
  if (text === undefined) return '';
  const port = Number(text);
  if (text.startsWith('0') || port > 65_535) return undefined;
  return port === DEFAULT_PORTS[scheme] ? '' : `:${port}`;
}
