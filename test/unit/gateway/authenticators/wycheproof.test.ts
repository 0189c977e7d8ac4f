import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createNodeVerifier } from '../../../../src/adapters/node/verify-signature-node.ts';
import { readJwsHeader } from '../../../../src/gateway/authenticators/jws-header.ts';
import type { VerifySignature } from '../../../../src/gateway/authenticators/verify-signature.ts';
import { createWebCryptoVerifier } from '../../../../src/gateway/authenticators/web-crypto-verifier.ts';
import { createKeyIndex } from '../../../../src/gateway/key-sets/key-index.ts';
import { SIGNATURE_ALGORITHMS } from '../../../../src/gateway/policy/policy.ts';
import { decodeBase64url } from '../../../../src/oauth/base64url.ts';
import { hasThreeParts } from '../../../../src/oauth/compact-jws.ts';
import { parseJsonObject } from '../../../../src/oauth/json-object.ts';
import vectors from '../../../support/tokens/wycheproof-jws.json' with { type: 'json' };

const VERIFIERS = [
  ['node:crypto', createNodeVerifier()],
  ['Web Crypto', createWebCryptoVerifier()],
] as const;

/** The authenticator's way to a signature, without its claims: these vectors sign any payload. */
async function accepts(verify: VerifySignature, jws: string, jwk: JWK): Promise<boolean> {
  if (!hasThreeParts(jws)) return false;
  const [head = '', payload = '', tail = ''] = jws.split('.');
  const headerBytes = decodeBase64url(head);
  const signature = decodeBase64url(tail);
  const json = headerBytes && parseJsonObject(headerBytes);
  if (json === undefined || signature === undefined || decodeBase64url(payload) === undefined) return false;
  const header = readJwsHeader(json);
  if (!header.ok) return false;
  const algorithm = SIGNATURE_ALGORITHMS.find((known) => known === header.value.algorithm);
  if (algorithm === undefined) return false;
  const match = (await createKeyIndex([jwk])).match(header.value.keyId, algorithm);
  return match.kind === 'found' && (await verify(match.key, `${head}.${payload}`, signature));
}

describe.each(VERIFIERS)('the vectors of Wycheproof on %s', (_name, verify) => {
  it.each(vectors.groups.map((group) => [`${group.comment}, from ${group.tests[0]?.id}`, group] as const))(
    'are judged as published: %s',
    async (_group, { jwk, tests }) => {
      const judged = tests.map(async ({ id, jws }) => ({
        id,
        valid: await accepts(verify, jws, jwk as JWK),
      }));
      expect(await Promise.all(judged)).toEqual(tests.map(({ id, valid }) => ({ id, valid })));
    },
  );

  it('hold good signatures and bad ones', () => {
    const verdicts = vectors.groups.flatMap(({ tests }) => tests.map(({ valid }) => valid));
    expect(verdicts.filter(Boolean).length).toBeGreaterThan(20);
    expect(verdicts.filter((valid) => !valid).length).toBeGreaterThan(80);
  });
});
