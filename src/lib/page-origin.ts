/**
 * Where the page is from that made a request, by what browsers say and pages cannot change: `ours`, `foreign`, or `unsaid` when
 * there is neither `Origin` nor `Sec-Fetch-Site`, as with programs that are not browsers. `Origin` counts before `Sec-Fetch-Site`; `null` and
 * repeated values are foreign, as they come joined by commas. @see RFC 6454, section 7 (Origin); W3C Fetch Metadata Request Headers, section 2.3
 */
export function pageOriginOf(
  headers: Pick<Headers, 'get'>,
  trustedOrigins: ReadonlySet<string>,
): 'ours' | 'foreign' | 'unsaid' {
  const origin = headers.get('origin');
  if (origin !== null) return trustedOrigins.has(origin) ? 'ours' : 'foreign';
  const site = headers.get('sec-fetch-site');
  if (site === null) return 'unsaid';
  return site === 'same-origin' ? 'ours' : 'foreign';
}
