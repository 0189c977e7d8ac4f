import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAssertionVerifier } from '../../src/downstream/assertion-verifier.ts';
import { readCompactJws } from '../../src/oauth/compact-jws.ts';
import {
  type AttackedWardgate,
  PUBLIC_URL,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { fieldsNamed } from '../support/attack/identity-fields.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

const ASSERTION = 'x-identity-assertion';

/** The assertions that the service got, by the most careless reading of their names. */
async function assertionsSeen(line: string, headerLines: readonly string[]): Promise<readonly string[]> {
  return fieldsNamed(await wardgate.reach(line, headerLines), ASSERTION).map(([, value]) => value);
}

function verifier() {
  return createAssertionVerifier({
    issuer: PUBLIC_URL,
    audience: 'service',
    fetch: (_url, init) => fetch(`http://127.0.0.1:${wardgate.port}/.well-known/jwks.json`, init),
  });
}

describe('the identity assertion', () => {
  it('proves to the service who is calling, by token and by cookie, with the keys that are published', async () => {
    for (const credential of [wardgate.bearer('doctor'), wardgate.cookie('doctor')]) {
      const [assertion = ''] = await assertionsSeen('GET /asserted/x', [credential]);
      expect(await verifier().verify(assertion)).toMatchObject({
        kind: 'identified',
        identity: { username: 'doctor', roles: ['doctor'], doctorId: 'd-200', issuer: PUBLIC_URL },
      });
    }
  });

  it('attack 36: is no access token, at the gateway or at the core', async () => {
    const [assertion = ''] = await assertionsSeen('GET /asserted/x', [wardgate.bearer('doctor')]);
    for (const line of ['GET /doctors/x', 'GET /asserted/x', 'GET /public/x', 'GET /v1/auth/me'])
      for (const header of [`Authorization: Bearer ${assertion}`, `Cookie: access_token=${assertion}`]) {
        const { response, reached } = await wardgate.send(line, [header]);
        expect([line, response.status, reached.length]).toEqual([line, 401, 0]);
      }
  });

  it("attack 36: an access token is no assertion, though Wardgate's keys have signed it", async () => {
    const token = wardgate.bearer('doctor').replace('Authorization: Bearer ', '');

    expect(await verifier().verify(token)).toEqual({ kind: 'refused', because: 'type_mismatch' });
  });

  it.each(['X-Identity-Assertion', 'x_identity_assertion', 'X.Identity.Assertion'])(
    'attack 1: a client that sends %s has no say in it',
    async (name) => {
      const planted = [`${name}: evil`, `${name}: evil2`];
      const nobody = await assertionsSeen('GET /public/asserted', planted);
      const [doctor, ...others] = await assertionsSeen('GET /asserted/x', [
        ...planted,
        wardgate.bearer('doctor'),
      ]);

      expect(nobody).toEqual(['']);
      expect(others).toEqual([]);
      expect(readCompactJws(doctor ?? '')?.payload).toMatchObject({ username: 'doctor', aud: 'service' });
      expect(await assertionsSeen('GET /public/x', planted)).toEqual([]);
    },
  );

  it('names the issuer of a foreign caller', async () => {
    const token = await wardgate.foreignToken();
    const [assertion = ''] = await assertionsSeen('GET /asserted/x', [`Authorization: Bearer ${token}`]);

    expect(await verifier().verify(assertion)).toMatchObject({
      identity: { issuer: wardgate.issuer.issuer, roles: ['doctor'] },
    });
  });
});
