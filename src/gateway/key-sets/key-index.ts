import type { JWK } from 'jose';
import type { SignatureAlgorithm } from '../policy/policy.ts';
import { importVerificationKeys, type VerificationKey } from './verification-key.ts';

/** What a key set holds for a `kid` and an algorithm. */
export type KeyMatch =
  | { readonly kind: 'found'; readonly key: VerificationKey }
  | { readonly kind: 'unknown' }
  /** Several keys fit: one `kid` twice, or no `kid` and more than one key. */
  | { readonly kind: 'ambiguous' };

/** The usable keys of one fetched key set. */
export interface KeyIndex {
  /** Without `kid`, the one key that fits the algorithm, if it is the only one. */
  match(kid: string | undefined, algorithm: SignatureAlgorithm): KeyMatch;
  has(key: VerificationKey): boolean;
  /** Every key by its `identity`. */
  readonly byIdentity: ReadonlyMap<string, VerificationKey>;
}

const UNKNOWN: KeyMatch = { kind: 'unknown' };
const AMBIGUOUS: KeyMatch = { kind: 'ambiguous' };

/**
 * Imports the usable keys of a key set and makes them ready to be looked up. Keys that were also in the set before stay the same
 * objects. Does NOT fail for a key that is no use here; it is left out.
 */
export async function createKeyIndex(
  jwks: readonly JWK[],
  previous: ReadonlyMap<string, VerificationKey> = new Map(),
): Promise<KeyIndex> {
  const byIdentity = new Map<string, VerificationKey>();
  const byName = new Map<string, KeyMatch>();
  const alone = new Map<SignatureAlgorithm, KeyMatch>();
  for (const jwk of jwks) {
    for (const key of await importVerificationKeys(jwk, previous)) {
      byIdentity.set(key.identity, key);
      alone.set(key.algorithm, alone.has(key.algorithm) ? AMBIGUOUS : { kind: 'found', key });
      if (key.keyId === undefined) continue;
      const name = nameOf(key.keyId, key.algorithm);
      byName.set(name, byName.has(name) ? AMBIGUOUS : { kind: 'found', key });
    }
  }
  return {
    match: (kid, algorithm) =>
      (kid === undefined ? alone.get(algorithm) : byName.get(nameOf(kid, algorithm))) ?? UNKNOWN,
    has: (key) => byIdentity.get(key.identity) === key,
    byIdentity,
  };
}

// No algorithm's name has a colon, so that the first one ends it, whatever the `kid` holds.
function nameOf(kid: string, algorithm: SignatureAlgorithm): string {
  return `${algorithm}:${kid}`;
}
