/**
 * Writes the address of something of an issuer's: its path, which begins with a slash, below the issuer. An issuer may have a path of its own, which
 * stays: `https://clinic.example/auth` and `/oauth/token` are `https://clinic.example/auth/oauth/token`.
 */
export function addressBelow(issuer: string, path: string): string {
  return `${issuer.replace(/\/$/, '')}${path}`;
}

/** The path of an issuer, without a slash at its end: empty, or `/auth`. */
export function pathOfIssuer(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '');
}

/** Where the metadata of an issuer without a path stands. @see RFC 8414, section 3 */
export const METADATA_PATH = '/.well-known/oauth-authorization-server';

/** Where the metadata of an issuer stands on its host: the well-known path comes first, and that of the issuer behind it. @see RFC 8414, section 3.1 */
export function metadataPath(issuer: string): string {
  return `${METADATA_PATH}${pathOfIssuer(issuer)}`;
}
