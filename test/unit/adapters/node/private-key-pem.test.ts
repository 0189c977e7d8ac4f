import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  readPrivateKeyPem,
  writePrivateKeyPem,
  writePublicKeyPem,
} from '../../../../src/adapters/node/private-key-pem.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString();
const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

describe('readPrivateKeyPem', () => {
  it.each([
    ['RSA in PKCS #8', pem(rsa), 'RS256'],
    ['RSA in PKCS #1', pem(rsa, 'pkcs1'), 'RS256'],
    ['P-256 in PKCS #8', pem(p256), 'ES256'],
    ['P-256 as openssl writes it, behind its parameters', PARAMETERS + pem(p256, 'sec1'), 'ES256'],
    ['Ed25519 between other text', `a note\r\n${pem(ed25519).replaceAll('\n', '\r\n')}\r\nthe end`, 'EdDSA'],
    [
      'a private key beside its certificate',
      `-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n${pem(rsa)}`,
      'RS256',
    ],
  ])('reads %s, and splits it into a public and a private part', (_what, text, algorithm) => {
    const read = readPrivateKeyPem(text);
    if (!read.ok) throw new Error(read.reason);
    expect(read.value.algorithm).toBe(algorithm);
    expect(read.value.publicJwk).not.toHaveProperty('d');
    expect(read.value.privateJwk).toMatchObject({ ...read.value.publicJwk, d: expect.any(String) });
    const written = writePrivateKeyPem(read.value.privateJwk);
    expect(readPrivateKeyPem(written)).toEqual(read);
    expect(createPublicKey(writePublicKeyPem(read.value.publicJwk)).equals(createPublicKey(written))).toBe(
      true,
    );
  });

  const other = (type: 'ec' | 'ed448' | 'x25519' | 'dsa' | 'rsa-pss' | 'rsa', options: object = {}) =>
    pem(generateKeyPairSync(type as 'rsa', options as { modulusLength: number }).privateKey);
  const encrypted = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  const spki = createPublicKey(pem(rsa)).export({ type: 'spki', format: 'pem' }).toString();
  const damaged = () => {
    const [first = '', ...lines] = pem(rsa).split('\n');
    return [first, ...lines.slice(2)].join('\n');
  };
  it.each([
    ['no PEM', 'hello', 'expected a private key in PEM, found no PEM at all'],
    ['nothing', '', 'expected a private key in PEM, found no PEM at all'],
    ['a public key', spki, 'expected a private key, found a public one'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----', 'found a certificate'],
    [
      'an encrypted key in PKCS #8',
      rsa.export({ type: 'pkcs8', ...encrypted }).toString(),
      'is encrypted: decrypt it first',
    ],
    [
      'an encrypted key in PKCS #1',
      rsa.export({ type: 'pkcs1', ...encrypted }).toString(),
      'is encrypted: decrypt it first',
    ],
    [
      'a key of OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----',
      'ssh-keygen -p -m PKCS8',
    ],
    ['two private keys', pem(rsa) + pem(p256), 'expected one private key, found several'],
    [
      'RSA of 1024 bits',
      other('rsa', { modulusLength: 1024 }),
      'expected an RSA key of 2048 to 8192 bits, found 1024',
    ],
    [
      'RSA-PSS',
      other('rsa-pss', { modulusLength: 2048 }),
      'expected a key of RSA, P-256 or Ed25519, found rsa-pss',
    ],
    ['P-384', other('ec', { namedCurve: 'P-384' }), 'expected the curve P-256, found secp384r1'],
    ['secp256k1', other('ec', { namedCurve: 'secp256k1' }), 'expected the curve P-256, found secp256k1'],
    ['Ed448', other('ed448'), 'found ed448'],
    ['X25519', other('x25519'), 'found x25519'],
    [
      'DSA',
      '-----BEGIN DSA PRIVATE KEY-----\nAA==\n-----END DSA PRIVATE KEY-----',
      'expected a private key of RSA, P-256 or Ed25519',
    ],
    ['a damaged key', damaged(), 'it is damaged'],
  ])('refuses %s and says what is wrong', (_what, text, complaint) => {
    const read = readPrivateKeyPem(text);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.reason).toContain(complaint);
  });

  it('refuses a key whose public part is another key', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const [own, foreign] = [p256, other].map((key) => key.export({ type: 'pkcs8', format: 'der' }));
    if (own === undefined || foreign === undefined) throw new Error('there are two keys');
    // The point stands last.
    const mixed = Buffer.concat([own.subarray(0, -64), foreign.subarray(-64)]).toString('base64');
    const text = `-----BEGIN PRIVATE KEY-----\n${mixed}\n-----END PRIVATE KEY-----\n`;
    const read = readPrivateKeyPem(text);
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining('it is damaged') });
  });

  it('quotes nothing of a damaged key', () => {
    const read = readPrivateKeyPem(damaged());
    const lines = pem(rsa).split('\n').slice(1, -2);
    for (const line of lines) expect(JSON.stringify(read)).not.toContain(line);
  });
});
