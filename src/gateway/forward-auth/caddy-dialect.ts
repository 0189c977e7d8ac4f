import type { Dialect } from './dialect.ts';
import { readOriginal } from './read-original.ts';
import { writeAllowed } from './write-allowed.ts';

const HEADERS = { method: 'x-forwarded-method', target: 'x-forwarded-uri' } as const;

/**
 * Caddy's `forward_auth` directive: asks by GET with `X-Forwarded-Method` and `X-Forwarded-Uri`, which it always sets itself. Any 2xx
 * allows; every other answer goes to the client as it is.
 * @see Caddy's documentation, "forward_auth", "Expanded form"
 */
export const caddyDialect: Dialect = {
  name: 'caddy',
  path: '/_gateway/auth/caddy',
  readOriginal: (request) => readOriginal(request.headers, HEADERS),
  allowed: writeAllowed,
  denied: (answer) => answer,
};
