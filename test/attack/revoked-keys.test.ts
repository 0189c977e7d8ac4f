import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';

let wardgate: AttackedWardgate;
beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});
afterAll(() => wardgate.stop());

it('attack 42: a revoked key verifies nothing from the next request on, while others of its tokens are being judged', async () => {
  const stolen = wardgate.bearer('doctor');
  await wardgate.reach('GET /doctors/x', [stolen]);
  const remembered = wardgate.bearer('admin');
  await wardgate.reach('GET /secret', [remembered]);
  const kid = decodeProtectedHeader(stolen.slice('Authorization: Bearer '.length)).kid;

  const meanwhile = Array.from({ length: 20 }, () => wardgate.send('GET /doctors/x', [stolen]));
  const administrator = await wardgate.logIn('admin', 'cookie');
  const origin = 'Origin: https://gate.test';
  const { response } = await wardgate.send(`DELETE /v1/keys/${kid}`, [administrator, origin]);
  expect(response.status).toBe(204);

  const statusOf = async (target: string, header: string) =>
    (await wardgate.send(`GET ${target}`, [header])).response.status;
  for (const header of [stolen, remembered])
    for (const target of ['/doctors/x', '/secret', '/public/x', '/live/x', '/v1/auth/me'])
      expect(await statusOf(target, header), target).toBe(401);
  await Promise.all(meanwhile);
  expect(await statusOf('/doctors/x', stolen)).toBe(401);
  expect(await statusOf('/doctors/x', await wardgate.logIn('doctor', 'bearer'))).toBe(200);
});
