/**
 * Reads for how many seconds an answer may still be kept: `max-age` less `Age`, nothing with `no-store` or `no-cache`; `undefined` where
 * `Cache-Control` does not say or cannot be read. Does NOT know `Expires` and `s-maxage`. @see RFC 9111, sections 4.2 and 5.2.2
 */
export function maxAgeSeconds(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0;
  const stated = directives.map((part) => /^max-age="?(\d{1,10})"?$/.exec(part)?.[1]).find(Boolean);
  if (stated === undefined) return undefined;
  const age = headers.get('age') ?? '';
  return Math.max(0, Number(stated) - (/^\d{1,10}$/.test(age) ? Number(age) : 0));
}
