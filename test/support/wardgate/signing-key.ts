import { importPKCS8 } from 'jose';
import type { TestKey } from '../tokens/tokens.ts';
import { callWardgate } from './wardgate-command.ts';

/** The key that a Wardgate signs with, by the command that hands it out, for tokens that it would not make itself. */
export async function signingKeyOf(env: Readonly<Record<string, string>>): Promise<TestKey> {
  const { keys } = JSON.parse((await callWardgate(['keys', 'export', '--jwks'], env)).out);
  const [publicJwk] = keys;
  const { kid, alg } = publicJwk;
  const { out } = await callWardgate(['keys', 'export', kid, '--pem', '--private'], env);
  return { kid, algorithm: alg, publicJwk, privateKey: await importPKCS8(out, alg) };
}
