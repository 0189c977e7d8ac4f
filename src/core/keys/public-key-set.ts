import { parseJsonText } from '../../oauth/json-object.ts';
import type { StoredSigningKey } from './signing-key-store.ts';

/** A public key as the key set shows it. @see RFC 7517, section 4; RFC 7518, section 6 */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: string;
  /** `n` and `e`, or `crv`, `x` and `y`. */
  readonly [member: string]: string;
}

/** The key set: what `/.well-known/jwks.json` answers. @see RFC 7517, section 5 */
export interface PublicKeySet {
  readonly keys: readonly PublicJwk[];
}

// What each kind of key may show. An allow-list: a member that nobody thought of is left out, not published.
const PUBLIC_MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

/**
 * Makes the published form of a stored key: the public members of its kind with `kid`, `use` and `alg`, and nothing else. `undefined` for a
 * stored text that is not a public key of a kind that we know. Does NOT need the private part.
 */
export function publicJwkOf(
  stored: Pick<StoredSigningKey, 'id' | 'algorithm' | 'publicJwk'>,
): PublicJwk | undefined {
  const jwk = parseJsonText(stored.publicJwk);
  const members = PUBLIC_MEMBERS.get(String(jwk?.kty));
  if (jwk === undefined || members === undefined) return undefined;
  const shown: Record<string, string> = {};
  for (const member of members) {
    const value = jwk[member];
    if (typeof value !== 'string') return undefined;
    shown[member] = value;
  }
  return { ...shown, kty: String(jwk.kty), kid: stored.id, use: 'sig', alg: stored.algorithm };
}

/** Tells whether two stored keys are one, whatever they are called. Does NOT hold for texts that are no public keys. */
export function isSameKey(
  one: Pick<StoredSigningKey, 'publicJwk'>,
  other: Pick<StoredSigningKey, 'publicJwk'>,
): boolean {
  const [a, b] = [one, other].map(({ publicJwk }) => publicJwkOf({ id: '', algorithm: '', publicJwk }));
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
