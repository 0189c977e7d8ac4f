import type { Dialect } from './dialect.ts';
import { readOriginal } from './read-original.ts';
import { writeAllowed } from './write-allowed.ts';

const HEADERS = { method: 'x-forwarded-method', target: 'x-forwarded-uri' } as const;

/**
 * Traefik's `forwardAuth` middleware: asks by GET with `X-Forwarded-Method` and `X-Forwarded-Uri`, which it sets itself as long as
 * `trustForwardHeader` is off. Any 2xx allows; every other answer goes to the client as it is.
 * @see Traefik's documentation, "ForwardAuth", "Forward-Request Headers"
 */
export const traefikDialect: Dialect = {
  name: 'traefik',
  path: '/_gateway/auth/traefik',
  readOriginal: (request) => readOriginal(request.headers, HEADERS),
  allowed: writeAllowed,
  denied: (answer) => answer,
};
