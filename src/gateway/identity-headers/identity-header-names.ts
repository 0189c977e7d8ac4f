/** The header fields that are ours alone, in lower case: upstreams believe them, so no client and no upstream may set them. */
export const IDENTITY_HEADER_NAMES = [
  'x-user-id',
  'x-user-roles',
  'x-consumer-username',
  'x-session-id',
  'x-identity-assertion',
] as const;

const NAMES: ReadonlySet<string> = new Set(IDENTITY_HEADER_NAMES);

/**
 * Tells whether a field name is one of ours to whoever reads it: case does not count and `_` is `-`, because CGI-style servers turn both
 * into the same variable. @see CVE-2025-64484 (oauth2-proxy), CVE-2026-39858 (Traefik), CVE-2026-52845 (Caddy)
 */
export function isIdentityHeaderName(name: string): boolean {
  return NAMES.has(name.toLowerCase().replaceAll('_', '-'));
}
