import { isIdentityHeaderName } from '../identity-headers/identity-header-names.ts';
import { addConnectionTokens, withoutFields } from './connection-tokens.ts';
import { setsOwnCookie } from './own-cookies.ts';

// Of one connection, not of the message (RFC 9110, section 7.6.1).
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const PLAIN_CONNECTION = /^(?:keep-alive|close|upgrade)$/i;

/**
 * The header fields (name, value, …) of an upstream's response that a client gets: in order and with duplicates. Left out are
 * hop-by-hop fields, those that `Connection` names, identity headers, and a `Set-Cookie` that would plant or overwrite one of our own
 * cookies. Adds nothing.
 */
export function responseHeaders(fields: readonly string[]): string[] {
  const passed: string[] = [];
  let nominated: Set<string> | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    const value = fields[index + 1] ?? '';
    const lowerCaseName = name.toLowerCase();
    if (lowerCaseName === 'connection') {
      if (PLAIN_CONNECTION.test(value)) continue;
      nominated ??= new Set();
      addConnectionTokens(value, nominated);
    } else if (!isWithheld(lowerCaseName, value)) passed.push(name, value);
  }
  return nominated === undefined ? passed : withoutFields(passed, nominated);
}

function isWithheld(lowerCaseName: string, value: string): boolean {
  if (HOP_BY_HOP.has(lowerCaseName)) return true;
  if (lowerCaseName === 'set-cookie') return setsOwnCookie(value);
  return lowerCaseName.startsWith('x') && isIdentityHeaderName(lowerCaseName);
}
