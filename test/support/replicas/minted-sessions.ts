import { importPKCS8 } from 'jose';
import postgres from 'postgres';
import { createId } from '../../../src/identity/ids.ts';
import { ownClaims, signClaims, type TestKey } from '../tokens/tokens.ts';
import { callWardgate } from '../wardgate/wardgate-command.ts';

/** A session that stands, and an access token of it. */
export interface MintedSession {
  readonly sessionId: string;
  readonly token: string;
}

/** The variables of a core. */
export type MintEnvironment = Readonly<Record<string, string>> & { readonly DATABASE_URL: string };

/** Makes sessions by the thousand, which logging in would take minutes for. */
export interface Mint {
  /** The key that signs. */
  readonly kid: string;
  /** Adds so many sessions of the user, each with a token that the cores' own key has signed. */
  mint(username: string, count: number): Promise<readonly MintedSession[]>;
}

/** Creates a mint. `env`: the variables of a core that has made its signing key; `state`: which of its keys signs. */
export async function createMint(
  env: MintEnvironment,
  issuer: string,
  state: 'current' | 'next' = 'current',
): Promise<Mint> {
  const key = await exportKey(env, state);
  return {
    kid: key.kid,
    async mint(username, count) {
      const sql = postgres(env.DATABASE_URL, { max: 1 });
      try {
        const rows = await sql<{ id: string; user_id: string }[]>`
          insert into sessions (id, user_id, transport, expires_at)
          select 'ses_' || replace(gen_random_uuid()::text, '-', ''), users.id, 'bearer', now() + interval '1 hour'
          from users, generate_series(1, ${count}) where username = ${username} returning id, user_id`;
        const at = Math.floor(Date.now() / 1000);
        const sign = (sid: string, sub: string) =>
          signClaims({ ...ownClaims(at), iss: issuer, jti: createId('token'), sid, sub }, { key });
        return await Promise.all(
          rows.map(async ({ id, user_id }) => ({ sessionId: id, token: await sign(id, user_id) })),
        );
      } finally {
        await sql.end();
      }
    },
  };
}

async function exportKey(env: MintEnvironment, wanted: string): Promise<TestKey> {
  const listed = await callWardgate(['keys', 'list', '--json'], env);
  const keys = listed.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { id: kid, algorithm } = keys.find(({ state }) => state === wanted);
  const exported = await callWardgate(['keys', 'export', kid, '--pem', '--private'], env);
  if (exported.code !== 0) throw new Error(`the key was not exported: ${exported.error}`);
  return { kid, algorithm, privateKey: await importPKCS8(exported.out, algorithm), publicJwk: {} };
}
