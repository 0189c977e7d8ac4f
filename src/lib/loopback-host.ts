const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Tells whether a host, as `URL.hostname` writes it, is this machine itself. Does NOT resolve names. @see RFC 8252, section 8.3 */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK_HOST.test(hostname);
}
