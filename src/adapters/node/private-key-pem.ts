import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { JWK } from 'jose';
import { ok, type Result, refused } from '../../lib/result.ts';

/** A key pair as JWKs, and what it can sign with here. */
export interface ReadKeyPair {
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA';
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

// RFC 7518, section 3.3 asks for 2048 bits at least; what is larger than 8192 makes each log-in slow, and each check of a token with it.
const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 8192;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const PRIVATE_LABELS: ReadonlySet<string> = new Set(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']);

/**
 * Reads the one private key of a PEM text: RSA of 2048 to 8192 bits for RS256, P-256 for ES256, Ed25519 for EdDSA, in PKCS #8 or its traditional form, and
 * tries it. Refuses everything else, and says what was found and what to do, never a part of the text. Does NOT decrypt.
 * @see RFC 7468; RFC 5958 (PKCS #8); RFC 8017, appendix A.1.2; RFC 5915
 */
export function readPrivateKeyPem(text: string): Result<ReadKeyPair, string> {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, label = '']) => ({ pem, label }));
  const [found, ...more] = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (found === undefined) return refused(whatIsNotPrivate(blocks.map(({ label }) => label)));
  if (more.length > 0) return refused('expected one private key, found several');
  if (found.label === 'ENCRYPTED PRIVATE KEY' || found.pem.includes('ENCRYPTED'))
    return refused('the private key is encrypted: decrypt it first (openssl pkey -in FILE)');
  if (found.label === 'OPENSSH PRIVATE KEY')
    return refused(
      'the private key is in the form of OpenSSH: convert it first (ssh-keygen -p -m PKCS8 -f FILE)',
    );
  if (!PRIVATE_LABELS.has(found.label)) return refused(`expected a private key of RSA, P-256 or Ed25519`);
  const key = parse(found.pem);
  return key === undefined ? refused('the private key cannot be read: it is damaged') : judge(key);
}

/** Writes a private key as PEM, in PKCS #8. Throws for what is no private JWK. */
export function writePrivateKeyPem(privateJwk: JWK): string {
  return createPrivateKey({ key: privateJwk, format: 'jwk' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** Writes a public key as PEM (SubjectPublicKeyInfo). Throws for what is no JWK. */
export function writePublicKeyPem(publicJwk: JWK): string {
  return createPublicKey({ key: publicJwk, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

function whatIsNotPrivate(labels: readonly string[]): string {
  const [label] = labels;
  if (label === undefined) return 'expected a private key in PEM, found no PEM at all';
  if (label.endsWith('PUBLIC KEY')) return 'expected a private key, found a public one';
  return label.includes('CERTIFICATE')
    ? 'expected a private key, found a certificate'
    : 'expected a private key, found other PEM';
}

function parse(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // The error may quote the text, which is secret.
    return undefined;
  }
}

function judge(key: KeyObject): Result<ReadKeyPair, string> {
  const algorithm = algorithmOf(key);
  if (!algorithm.ok) return algorithm;
  const publicKey = createPublicKey(key);
  if (!isWhole(key, publicKey))
    return refused('the private key does not sign what its public part verifies: it is damaged');
  const [publicJwk, privateJwk] = [publicKey, key].map((each) => each.export({ format: 'jwk' }));
  if (publicJwk === undefined || privateJwk === undefined) throw new Error('a key has two parts');
  return ok({ algorithm: algorithm.value, publicJwk, privateJwk });
}

function algorithmOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): Result<ReadKeyPair['algorithm'], string> {
  const { modulusLength: bits = 0, namedCurve: curve } = details ?? {};
  switch (type) {
    case 'rsa':
      if (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX) return ok('RS256');
      return refused(`expected an RSA key of ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits, found ${bits}`);
    case 'ec':
      return curve === 'prime256v1' ? ok('ES256') : refused(`expected the curve P-256, found ${curve}`);
    case 'ed25519':
      return ok('EdDSA');
    default:
      return refused(`expected a key of RSA, P-256 or Ed25519, found ${type}`);
  }
}

function isWhole(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const data = new TextEncoder().encode('wardgate');
  try {
    return verify(digest, data, publicKey, sign(digest, data, privateKey));
  } catch {
    return false;
  }
}
