import type { HeaderFields } from '../inbound-request.ts';

/** Tells whether a request's header fields announce a body; without such a field there is none. @see RFC 9112, section 6.3 */
export function announcesBody(headers: HeaderFields): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    // Lengths first: this runs for each request, and most have neither field.
    if (name.length === 14 && name.toLowerCase() === 'content-length') return headers[index + 1] !== '0';
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true;
  }
  return false;
}
