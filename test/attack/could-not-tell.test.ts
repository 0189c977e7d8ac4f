import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { type SteeredIssuer, startSteeredIssuer } from '../support/tokens/steered-issuer.ts';
import { testKey } from '../support/tokens/tokens.ts';
import type { RawResponse } from '../support/wire/raw-http.ts';

type Answer = SteeredIssuer['answer'];

/** Ways in which an issuer does not tell its keys. */
const BREAKAGES: Readonly<Record<string, Answer>> = {
  'hangs up': (incoming) => void incoming.socket.destroy(),
  'answers with a page': (_, out) => void out.setHeader('Content-Type', 'text/html').end('{"keys":[]}'),
  'answers with a page that is called JSON': (_, out) =>
    void out.setHeader('Content-Type', 'application/json').end('<html>'),
  'answers with no key set': (_, out) => void out.end('{"keys":"none"}'),
  'answers with a list': (_, out) => void out.end('[]'),
  'answers with nothing': (_, out) => void out.end(),
  'answers 500': (_, out) => void out.writeHead(500).end('{"keys":[]}'),
  'answers 404': (_, out) => void out.writeHead(404).end('{"keys":[]}'),
  'answers 204': (_, out) => void out.writeHead(204).end(),
  'leads elsewhere': (incoming, out) => void out.writeHead(302, { Location: `${incoming.url}?moved` }).end(),
  'breaks off': (_, out) =>
    void out.writeHead(200, { 'Content-Length': '500' }).write('{"keys":[', () => out.destroy()),
  'sends too much': (_, out) => void out.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`),
  'never answers': () => {},
  'never ends': (_, out) => void out.write('{"keys":['),
};

const issuers = new Map<string, SteeredIssuer>();
let wardgate: AttackedWardgate;

/** Nobody could tell: 503, a time to come back, and no word about the credential. */
const UNAVAILABLE = { status: 503, body: expect.stringContaining('temporarily_unavailable') };

function fieldOf(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([given]) => given === name)?.[1];
}

async function expectUnavailable(target: string, headers: readonly string[]): Promise<void> {
  const { response, reached } = await wardgate.send(`GET ${target}`, headers);
  const asked = ['X-Forwarded-Method: GET', `X-Forwarded-Uri: ${target}`, ...headers];
  const forwardAuth = await wardgate.send('GET /_gateway/auth/caddy', asked);
  for (const answer of [response, forwardAuth.response]) {
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(Number(fieldOf(answer, 'retry-after'))).toBeGreaterThan(0);
    expect(fieldOf(answer, 'www-authenticate')).toBeUndefined();
    expect(fieldOf(answer, 'x-user-id')).toBeUndefined();
    expect(fieldOf(answer, 'set-cookie')).toBeUndefined();
  }
  expect(reached).toEqual([]);
}

beforeAll(async () => {
  const { publicJwk } = await testKey('RS256', 'foreign-key');
  for (const [name, answer] of Object.entries(BREAKAGES)) {
    const issuer = await startSteeredIssuer([publicJwk]);
    issuer.answer = answer;
    issuers.set(name, issuer);
  }
  wardgate = await startAttackedWardgate([...issuers.values()]);
});

afterAll(async () => {
  await wardgate.stop();
  await Promise.all(Array.from(issuers.values(), (issuer) => issuer.close()));
});

/** The header of a good token of a broken issuer. */
async function bearerOf(issuer: SteeredIssuer): Promise<string> {
  return `Authorization: Bearer ${await wardgate.foreignToken({ iss: issuer.issuer })}`;
}

describe('a key set whose issuer', () => {
  it.each([...Object.keys(BREAKAGES)])('attack 26: %s is 503 for its tokens alone', async (name) => {
    const issuer = issuers.get(name);
    if (issuer === undefined) throw new Error(name);
    const bearer = await bearerOf(issuer);
    const forged = `${bearer.split('.').slice(0, 2).join('.')}.AAAA`;
    for (const header of [bearer, forged])
      for (const target of ['/doctors/x', '/public/x']) await expectUnavailable(target, [header]);
    expect((await wardgate.send('GET /doctors/x', [wardgate.bearer('doctor')])).response.status).toBe(200);
  });

  it('attack 26: is back gives access again, and refuses again', async () => {
    for (const issuer of issuers.values()) issuer.answer = issuer.serveKeys;
    await Promise.all(
      Array.from(issuers.values(), async (issuer) => {
        const bearer = await bearerOf(issuer);
        const ask = async () => (await wardgate.send('GET /doctors/x', [bearer])).response.status;
        await expect.poll(ask, { interval: 200 }).toBe(200);
      }),
    );
    for (const issuer of issuers.values()) {
      const forged = `${(await bearerOf(issuer)).split('.').slice(0, 2).join('.')}.AAAA`;
      expect((await wardgate.send('GET /doctors/x', [forged])).response.status).toBe(401);
    }
  });
});

describe('a database that', () => {
  it('attack 26: is gone is 503 wherever it has to be asked, never 401 and never access', async () => {
    const [cookie, doctor] = [
      await wardgate.logIn('doctor', 'cookie'),
      await wardgate.logIn('doctor', 'bearer'),
    ];
    await wardgate.database.cut();
    try {
      // What needs no database goes on, until nothing was heard of revocations for too long.
      expect((await wardgate.send('GET /doctors/x', [doctor])).response.status).toBe(200);
      expect((await wardgate.send('GET /doctors/x')).response.status).toBe(401);
      await Promise.all([
        expectUnavailable('/doctors/x', [cookie]),
        expectUnavailable('/live/x', [doctor]),
        expectUnavailable('/public/x', [`Cookie: __Host-wardgate_session=${'A'.repeat(43)}`]),
        expectUnavailableOfCore('GET', '/v1/auth/me', [doctor]),
        expectUnavailableOfCore('GET', '/v1/auth/me', [cookie]),
        expectUnavailableOfCore('POST', '/v1/auth/sessions/current/revoke', [doctor]),
      ]);
    } finally {
      await wardgate.database.mend();
    }
    for (const [target, header] of [
      ['/doctors/x', cookie],
      ['/live/x', doctor],
    ] as const) {
      const ask = async () => (await wardgate.send(`GET ${target}`, [header])).response.status;
      await expect.poll(ask, { interval: 100 }).toBe(200);
    }
  });

  async function expectUnavailableOfCore(
    method: string,
    path: string,
    headers: readonly string[],
  ): Promise<void> {
    const { response } = await wardgate.send(`${method} ${path}`, headers);
    expect(response.status, `${method} ${path} ${response.body}`).toBe(503);
    expect(Number(fieldOf(response, 'retry-after'))).toBeGreaterThan(0);
    expect(fieldOf(response, 'set-cookie')).toBeUndefined();
  }
});
