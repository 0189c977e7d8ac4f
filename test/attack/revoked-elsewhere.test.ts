import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { basic } from '../support/oauth/client-requests.ts';
import { rawRequest, sendRaw } from '../support/wire/raw-http.ts';

let wardgate: AttackedWardgate;
let replica: Awaited<ReturnType<AttackedWardgate['startReplica']>>;
beforeAll(async () => {
  wardgate = await startAttackedWardgate();
  replica = await wardgate.startReplica();
});
afterAll(async () => {
  await replica.stop();
  await wardgate.stop();
});

const tokenIn = (header: string) => header.slice('Authorization: Bearer '.length);

/** Administers at the one Wardgate; what is told of it is tried at the other. */
async function administer(line: string, body: object = {}) {
  const text = JSON.stringify(body);
  const headers = ['Content-Type: application/json', `Content-Length: ${text.length}`];
  const administrator = await wardgate.logIn('admin', 'bearer');
  const { response } = await wardgate.send(line, [...headers, administrator], { body: text });
  expect(response.status).toBeLessThan(300);
  return response.body === '' ? {} : JSON.parse(response.body);
}

async function clientToken() {
  const wanted = { name: 'a program', roles: ['doctor'], scopes: [] };
  const { client, secret } = await administer('POST /v1/clients', wanted);
  const body = 'grant_type=client_credentials';
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const authorization = `Authorization: ${basic(client.id, secret).authorization}`;
  const lines = [type, `Content-Length: ${body.length}`, authorization];
  const { response } = await wardgate.send('POST /oauth/token', lines, { body });
  return { id: client.id, header: `Authorization: Bearer ${JSON.parse(response.body).access_token}` };
}

async function statusAtReplica(target: string, header: string): Promise<number> {
  return (await sendRaw(replica.port, rawRequest(`GET ${target}`, [header]))).status;
}

/** Revokes what a remembered token stands on, and tries it on every route of the other replica, stricter and public ones too. */
async function expectDeadAfter(header: string, revoke: () => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 3; round += 1) expect(await statusAtReplica('/doctors/x', header)).toBe(200);
  await revoke();
  await expect.poll(() => statusAtReplica('/doctors/x', header), { interval: 50 }).toBe(401);
  for (const target of ['/doctors/x', '/public/x', '/live/x', '/secret'])
    expect(await statusAtReplica(target, header), target).toBe(401);
}

it('attack 40: a remembered token dies at another replica when its user is disabled, and one of after that lives', async () => {
  const header = await wardgate.logIn('doctor', 'bearer');
  const user = `/v1/users/${decodeJwt(tokenIn(header)).sub}`;
  await expectDeadAfter(header, () => administer(`PATCH ${user}`, { disabled: true }));
  await administer(`PATCH ${user}`, { disabled: false });
  // Tokens tell the second in which they were issued.
  const again = () => wardgate.logIn('doctor', 'bearer');
  await expect.poll(async () => statusAtReplica('/doctors/x', await again())).toBe(200);
});

it('attack 40: a remembered token dies at another replica when the client is gone that it was issued to', async () => {
  const { id, header } = await clientToken();
  await expectDeadAfter(header, () => administer(`DELETE /v1/clients/${id}`));
});

it('attack 42: a remembered token dies at another replica when the key is revoked that signed it', async () => {
  const header = await wardgate.logIn('doctor', 'bearer');
  const { kid } = decodeProtectedHeader(tokenIn(header));
  await expectDeadAfter(header, () => administer(`DELETE /v1/keys/${kid}`));
  const fresh = await wardgate.logIn('doctor', 'bearer');
  expect(await statusAtReplica('/doctors/x', fresh)).toBe(200);
});
