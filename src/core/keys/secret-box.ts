/** Seals texts for storage and opens them again. */
export interface SecretBox {
  /** Seals a text with the first secret. `purpose` says what it is for (`signing_key:key_…`) and must be the same when it is opened. */
  seal(text: string, purpose: string): Promise<string>;
  /** Opens what any of the secrets sealed for this purpose. Throws SealedTextError when none does. */
  unseal(sealed: string, purpose: string): Promise<string>;
  /** Seals with the first secret what a later one sealed; `undefined` for what the first sealed itself. Throws SealedTextError as `unseal` does. */
  reseal(sealed: string, purpose: string): Promise<string | undefined>;
}

/** Thrown for a sealed text that cannot be opened: malformed, changed, sealed for another purpose, or by a secret that is not configured. */
export class SealedTextError extends Error {
  constructor(purpose: string, options?: ErrorOptions) {
    super(`no configured secret opens what is sealed for ${purpose}`, options);
    this.name = 'SealedTextError';
  }
}

interface BoxKey {
  readonly id: string;
  readonly key: CryptoKey;
}

const SECRET_BYTES_MIN = 32;
const IV_BYTES = 12;
const KEY_ID_BYTES = 6;
const encoder = new TextEncoder();

/**
 * Creates a box of secrets (each at least 32 bytes): the first seals, all open, so that a secret can be changed without losing what the old
 * one sealed. Sealed texts read `v1.<key id>.<iv>.<ciphertext>` in base64url: AES-256-GCM under a key derived by HKDF-SHA-256,
 * with the purpose as associated data. Throws for a missing or short secret. @see NIST SP 800-38D (GCM); RFC 5869 (HKDF)
 */
export function createSecretBox(secrets: readonly string[]): SecretBox {
  if (secrets.length === 0 || secrets.some((secret) => encoder.encode(secret).length < SECRET_BYTES_MIN))
    throw new RangeError(`every secret must have at least ${SECRET_BYTES_MIN} bytes`);
  let keys: Promise<readonly BoxKey[]> | undefined;
  const deriveOnce = () => {
    keys ??= Promise.all(secrets.map(deriveKey));
    return keys;
  };

  const box: SecretBox = {
    async seal(text, purpose) {
      const [first] = await deriveOnce();
      if (first === undefined) throw new RangeError('a secret box needs a secret');
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const cipher = { name: 'AES-GCM', iv, additionalData: encoder.encode(purpose) };
      const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher, first.key, encoder.encode(text)));
      return `v1.${first.id}.${toBase64Url(iv)}.${toBase64Url(sealed)}`;
    },

    async unseal(sealed, purpose) {
      const match = /^v1\.([\w-]{8})\.([\w-]{16})\.([\w-]+)$/.exec(sealed);
      const boxKey = (await deriveOnce()).find(({ id }) => id === match?.[1]);
      if (match === null || boxKey === undefined) throw new SealedTextError(purpose);
      try {
        const iv = fromBase64Url(match[2] ?? '');
        const cipher = { name: 'AES-GCM', iv, additionalData: encoder.encode(purpose) };
        const text = await crypto.subtle.decrypt(cipher, boxKey.key, fromBase64Url(match[3] ?? ''));
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
      } catch (error) {
        throw new SealedTextError(purpose, { cause: error });
      }
    },

    async reseal(sealed, purpose) {
      const text = await box.unseal(sealed, purpose);
      const [first] = await deriveOnce();
      return sealed.startsWith(`v1.${first?.id}.`) ? undefined : box.seal(text, purpose);
    },
  };
  return box;
}

async function deriveKey(secret: string): Promise<BoxKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveKey',
    'deriveBits',
  ]);
  const derivation = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: encoder.encode(info),
  });
  // Derived apart from the key, so that the id that stands in every sealed text tells nothing of it.
  const idBits = crypto.subtle.deriveBits(derivation('wardgate secret-box id'), material, KEY_ID_BYTES * 8);
  const aes = { name: 'AES-GCM', length: 256 };
  const key = crypto.subtle.deriveKey(derivation('wardgate secret-box key'), material, aes, false, [
    'encrypt',
    'decrypt',
  ]);
  return { id: toBase64Url(new Uint8Array(await idBits)), key: await key };
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: 'base64url' });
}
