import { isLoopbackHost } from '../lib/loopback-host.ts';

/**
 * Tells whether a text is a URL over which keys may come: https, or http where no network lies between (loopback); without user and
 * password. Does NOT resolve names. @see RFC 8414, section 2; RFC 8252, section 8.3
 */
export function isHttpsOrLoopback(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
