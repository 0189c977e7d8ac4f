import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { SignatureAlgorithm } from '../../../src/gateway/policy/policy.ts';

/** The time at which tokens are made unless a test says otherwise: the start of a manual clock, in seconds. */
export const TOKEN_TIME = Date.UTC(2026, 0, 15, 12) / 1000;
export const OWN_ISSUER = 'https://wardgate.test';
export const FOREIGN_ISSUER = 'https://id.test/realms/clinic';
export const AUDIENCE = 'clinic';
export const DOCTOR_ID = `usr_${'d'.repeat(32)}`;
export const CLIENT_ID = `cli_${'c'.repeat(32)}`;

/** A key pair of a test issuer; `publicJwk` is as a key set would show it. */
export interface TestKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** What of a token's making a test may change. `header` members and claims that are `undefined` are left out of the token. */
export interface SigningOptions {
  readonly key?: TestKey;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds; `iat`, and `exp` 15 minutes later. */
  readonly at?: number;
}

const made = new Map<string, Promise<TestKey>>();

/** The key of an algorithm and `kid`, made once in each test file. */
export function testKey(algorithm: SignatureAlgorithm = 'RS256', kid = 'key-1'): Promise<TestKey> {
  const name = `${algorithm}:${kid}`;
  const key = made.get(name) ?? makeKey(algorithm, kid);
  made.set(name, key);
  return key;
}

async function makeKey(algorithm: SignatureAlgorithm, kid: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { kid, algorithm, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid } };
}

/** The claims of a doctor's access token from our own core. */
export function ownClaims(at = TOKEN_TIME): Record<string, unknown> {
  return {
    iss: OWN_ISSUER,
    aud: AUDIENCE,
    sub: DOCTOR_ID,
    client_id: 'wardgate',
    iat: at,
    exp: at + 900,
    jti: `jti_${'1'.repeat(32)}`,
    sid: `ses_${'5'.repeat(32)}`,
    scope: 'alerts:read',
    roles: ['doctor'],
    username: 'doctor@demo.test',
    auth_time: at,
    acr: 'aal1',
    amr: ['pwd'],
  };
}

/** Signs an access token as our own core does: `signToken({ aud: 'other' })` differs in `aud` alone. */
export function signToken(claims: Readonly<Record<string, unknown>> = {}, options: SigningOptions = {}) {
  return signClaims({ ...ownClaims(options.at), ...claims }, options);
}

/** Signs a client's access token as our own core does. */
export function signClientToken(
  claims: Readonly<Record<string, unknown>> = {},
  options: SigningOptions = {},
) {
  const { iss, aud, iat, exp, jti } = ownClaims(options.at);
  const own = { sub: CLIENT_ID, client_id: CLIENT_ID, scope: 'patients:read', roles: ['exporter'] };
  return signClaims({ iss, aud, iat, exp, jti, ...own, ...claims }, options);
}

/** Signs an access token as a foreign issuer does, with its roles in `realm_access.roles`. */
export function signForeignToken(
  claims: Readonly<Record<string, unknown>> = {},
  options: SigningOptions = {},
) {
  const at = options.at ?? TOKEN_TIME;
  const defaults = {
    iss: FOREIGN_ISSUER,
    aud: [AUDIENCE, 'account'],
    sub: '7d0c1c52-9f0a-4f0e-8c54-0a6f7f1b3a11',
    azp: 'clinic-app',
    iat: at,
    exp: at + 900,
    scope: 'openid alerts:read',
    realm_access: { roles: ['physician', 'offline_access'] },
    preferred_username: 'house',
  };
  return signClaims({ ...defaults, ...claims }, options);
}

/** Signs claims as a token of whatever kind the header says. */
export async function signClaims(
  claims: Readonly<Record<string, unknown>>,
  options: SigningOptions = {},
): Promise<string> {
  const key = options.key ?? (await testKey());
  const header = { alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...options.header };
  // JSON drops what is undefined, and jose signs the header that it is given as long as it knows the algorithm.
  return await new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader(JSON.parse(JSON.stringify(header)))
    .sign(key.privateKey);
}

/** Joins a header, a payload and a signature to a token, whatever they say. */
export function assembleToken(
  header: unknown,
  payload: unknown,
  signature: Uint8Array = new Uint8Array(),
): string {
  return [encodeJson(header), encodeJson(payload), toBase64url(signature)].join('.');
}

/** A token with a header that jose would not sign, with a true signature by the key. */
export async function signWithHeader(header: unknown, payload: unknown, key: TestKey): Promise<string> {
  const signingInput = `${encodeJson(header)}.${encodeJson(payload)}`;
  return `${signingInput}.${toBase64url(await signBytes(key, signingInput))}`;
}

/** Signs a text by a key's algorithm (RS256, ES256 or EdDSA). */
export async function signBytes(key: TestKey, text: string): Promise<Uint8Array> {
  const { name } = key.privateKey.algorithm;
  const parameters = { name, hash: 'SHA-256', saltLength: 32 };
  return new Uint8Array(await crypto.subtle.sign(parameters, key.privateKey, new TextEncoder().encode(text)));
}

export function toBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

function encodeJson(value: unknown): string {
  return toBase64url(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
}
