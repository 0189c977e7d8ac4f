import { isLoopbackHost } from '../lib/loopback-host.ts';

/** What an address must be besides a well-formed `http` or `https` URL without user, password and fragment. */
export interface WebAddressRules {
  /** Plain `http` only where it never leaves the machine: `localhost`, `127.0.0.0/8`, `[::1]`. */
  readonly plainOnLoopbackOnly: boolean;
  /** Whether a path may follow the host; `plain`: one that everybody reads in one way, without escapes, dot segments and empty segments. */
  readonly path: 'allowed' | 'plain' | 'none';
  readonly query: 'allowed' | 'none';
}

// With one slash at the end or without; no segment begins with a dot.
const PLAIN_PATH = /^https?:\/\/[^/?#]+(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?(?:[?#]|$)/i;

/** Says what is wrong with an address by those rules, as the end of a sentence that begins with "expected"; `undefined` when it is fine. */
export function webAddressFault(text: string, rules: WebAddressRules): string | undefined {
  const url = /^https?:\/\/[^\s/?#\\]/i.test(text) && !/[\s\\]/.test(text) ? URL.parse(text) : null;
  if (url === null) return 'an address such as https://host.example';
  if (/^https?:\/\/[^/?#]*@/i.test(text)) {
    return 'an address without user and password';
  }
  if (text.includes('#')) return 'an address without a fragment (#)';
  if (rules.query === 'none' && text.includes('?')) return 'an address without a query (?)';
  if (rules.path === 'none' && url.pathname !== '/') return 'an address without a path';
  if (rules.path === 'plain' && !PLAIN_PATH.test(text))
    return 'an address whose path, if there is one, is made of letters, digits, -, _, ~ and dots inside: https://host.example/auth';
  if (rules.plainOnLoopbackOnly && url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return 'https (plain http only for this machine itself: localhost, 127.0.0.1, [::1])';
  }
  return undefined;
}
