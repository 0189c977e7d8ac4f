import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AttackedWardgate,
  PUBLIC_URL,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { rawRequest, sendRaw } from '../support/wire/raw-http.ts';

const OWN = `Origin: ${PUBLIC_URL}`;
const LOG_OUT = 'POST /v1/auth/sessions/current/revoke';

let wardgate: AttackedWardgate;
beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});
afterAll(() => wardgate.stop());

const statusOf = async (line: string, headerLines: readonly string[]) =>
  (await wardgate.send(line, headerLines)).response.status;

async function newestSessionOf(authorization: string, transport: string): Promise<string> {
  const { response } = await wardgate.send('GET /v1/auth/sessions', [authorization]);
  const sessions: { id: string; transport: string }[] = JSON.parse(response.body).sessions;
  return sessions.findLast((session) => session.transport === transport)?.id ?? '';
}

it('attack 42: a look-up that began before a session ended, and finishes after, does not bring it back', async () => {
  const administrator = await wardgate.logIn('doctor', 'bearer');
  const cookie = await wardgate.logIn('doctor', 'cookie');
  const sessionId = await newestSessionOf(administrator, 'cookie');
  // The look-up has found the session; its answer, the one with the session in it, is on the way.
  const answer = wardgate.database.holdNext(new RegExp(`${sessionId}[^]*SELECT 1\0`));
  const slow = wardgate.send('GET /doctors/x', [cookie]);
  await answer.held;
  expect(await statusOf(`DELETE /v1/auth/sessions/${sessionId}`, [administrator])).toBe(204);
  answer.release();
  const { response, reached } = await slow;
  expect([response.status, reached]).toEqual([401, []]);
  for (const target of ['/doctors/x', '/public/x', '/live/x', '/v1/auth/me'])
    expect(await statusOf(`GET ${target}`, [cookie]), target).toBe(401);
});

it.each(['bearer', 'cookie', 'token_cookies'] as const)(
  'attack 48: a log-out by %s kills the credential at the server at once, and soon at another replica, where others live on',
  async (transport) => {
    const replica = await wardgate.startReplica();
    try {
      const credential = await wardgate.logIn('doctor', transport);
      const other = await wardgate.logIn('doctor', transport);
      const atReplica = async (target: string, header: string) =>
        (await sendRaw(replica.port, rawRequest(`GET ${target}`, [header]))).status;
      for (const target of ['/doctors/x', '/live/x', '/v1/auth/me']) {
        expect(await statusOf(`GET ${target}`, [credential])).toBe(200);
        expect(await atReplica(target, credential)).toBe(200);
      }
      expect(await statusOf(LOG_OUT, [credential, OWN])).toBe(204);
      for (const target of ['/doctors/x', '/live/x', '/v1/auth/me'])
        expect(await statusOf(`GET ${target}`, [credential]), target).toBe(401);
      expect(await atReplica('/v1/auth/me', credential)).toBe(401);
      const gone = ['/live/x', '/doctors/x', '/public/x'];
      for (const target of gone) await expect.poll(() => atReplica(target, credential)).toBe(401);
      for (const target of gone) expect(await atReplica(target, other)).toBe(200);
    } finally {
      await replica.stop();
    }
  },
);
