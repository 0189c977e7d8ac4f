import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

const signInPool = promisify(sign);
const LIFETIME_SECONDS = 3600;
// Threads of the pool; more only lengthens its queue.
const SIGNED_AT_ONCE = 64;

/** The algorithms that are measured. */
export type BenchAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

/** A key of the bench's own issuer. */
export interface BenchKey {
  readonly algorithm: BenchAlgorithm;
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicPem: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** Makes one key an algorithm: RSA of 2048 bits, P-256 and Ed25519. */
export function createBenchKey(algorithm: BenchAlgorithm): BenchKey {
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  const id = `key_bench${algorithm.toLowerCase()}`;
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' };
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { algorithm, id, privateKey, publicPem, publicJwk };
}

function hexadecimal(index: number): string {
  return index.toString(16).padStart(32, '0');
}

async function signToken(key: BenchKey, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: key.algorithm, typ: 'at+jwt', kid: key.id })}.${part(claims)}`;
  const digest = key.algorithm === 'EdDSA' ? null : 'sha256';
  const signature = await signInPool(digest, Buffer.from(signed), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/** Signs a doctor's access tokens that differ in `jti` and session, as the core would issue them. */
export async function signTokens(
  key: BenchKey,
  count: number,
  issuer: string,
  audience: string,
): Promise<string[]> {
  const now = Math.floor(Date.now() / 1000);
  const claims = (index: number) => ({
    iss: issuer,
    aud: audience,
    sub: `usr_${'d0'.repeat(16)}`,
    client_id: `cli_${'c0'.repeat(16)}`,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    jti: `jti_${hexadecimal(index)}`,
    sid: `ses_${hexadecimal(index)}`,
    scope: 'patients:read alerts:read',
    roles: ['doctor'],
    username: 'doctor@demo.test',
    auth_time: now,
    acr: '1',
    amr: ['pwd'],
    doctor_id: 'd-200',
  });
  const tokens: string[] = [];
  while (tokens.length < count) {
    const size = Math.min(SIGNED_AT_ONCE, count - tokens.length);
    const from = tokens.length;
    const batch = Array.from({ length: size }, (_, at) => signToken(key, claims(from + at)));
    tokens.push(...(await Promise.all(batch)));
  }
  return tokens;
}
