import type { JWK } from 'jose';

/** A JSON Web Key Set, public keys only (RFC 7517, section 5), with how long it may be kept. */
export interface FetchedKeySet {
  readonly keys: readonly JWK[];
  /** From `Cache-Control: max-age`; `undefined` where the issuer does not say. */
  readonly maxAgeSeconds: number | undefined;
}

/**
 * Port: gets an issuer's key set anew. Does NOT cache; the key-set client does.
 * @throws UnavailableError ('key_set') when it cannot be had: network, status, content type, size above 256 KiB, not a key set.
 */
export type KeySetSource = () => Promise<FetchedKeySet>;
