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
 * A field name as the most careless reader takes it: case does not count, and every character that is no letter and no digit is `-`. CGI-style
 * servers turn `-` and `_` into the same variable, lighttpd every such character (`X.User.Id`).
 * @see CVE-2025-64484 (oauth2-proxy), CVE-2026-39858 (Traefik), CVE-2026-52845 (Caddy)
 */
export function foldedFieldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

/** Tells whether a field name is one of ours to whoever reads it. */
export function isIdentityHeaderName(name: string): boolean {
  return NAMES.has(foldedFieldName(name));
}
