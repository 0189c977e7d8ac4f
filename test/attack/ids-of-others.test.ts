import { expect, it } from 'vitest';
import { createId } from '../../src/identity/ids.ts';
import { startCoreApp } from '../support/core/core-app.ts';

/** What an answer tells, but for the request's own name. */
async function told(response: Response): Promise<readonly unknown[]> {
  const { request_id: _, ...body } = await response.json();
  return [response.status, body, [...response.headers].toSorted()];
}

it("attack 52: another user's session is as if it did not exist, and stands", async () => {
  const core = await startCoreApp();
  const [owner, thief] = [await core.logIn('doctor'), await core.logIn('patient')];
  const end = async (id: string) =>
    told(await core.send('DELETE', `/v1/auth/sessions/${id}`, { token: thief.accessToken }));
  const missing = await end(createId('session'));
  expect(missing[0]).toBe(404);
  expect(await end(owner.sessionId)).toEqual(missing);
  const { sessions } = await (
    await core.send('GET', '/v1/auth/sessions', { token: thief.accessToken })
  ).json();
  expect(sessions.map(({ id }: { id: string }) => id)).toEqual([thief.sessionId]);
  expect((await core.send('GET', '/v1/auth/me', { token: owner.accessToken })).status).toBe(200);
  expect(core.recorded.filter(({ type }) => type === 'session.ended')).toEqual([]);
});

it('attack 52: users, sessions and keys of others answer a user who administers nothing as those that do not exist', async () => {
  const core = await startCoreApp();
  const [admin, thief, owner] = [
    await core.logIn('admin'),
    await core.logIn('patient'),
    await core.logIn('doctor'),
  ];
  const userId = (await core.stores.users.findByLogin('doctor'))?.id ?? '';
  const body = { name: 'reader', roles: ['doctor'] };
  const made = await core.send('POST', '/v1/api-keys', { token: admin.accessToken, body });
  const keyId = (await made.json()).apiKey.id;
  for (const [method, path, id, none] of [
    ['GET', '/v1/users/', userId, createId('user')],
    ['DELETE', '/v1/users/', userId, createId('user')],
    ['DELETE', '/v1/api-keys/', keyId, createId('api_key')],
  ] as const) {
    const asThief = async (asked: string) =>
      told(await core.send(method, path + asked, { token: thief.accessToken }));
    expect(await asThief(id), `${method} ${path}`).toEqual(await asThief(none));
  }
  for (const method of ['GET', 'DELETE'] as const) {
    const asThief = async (asked: string) =>
      told(await core.send(method, `/v1/users/${asked}/sessions`, { token: thief.accessToken }));
    expect(await asThief(userId)).toEqual(await asThief(createId('user')));
  }
  expect((await core.send('GET', '/v1/auth/me', { token: owner.accessToken })).status).toBe(200);
  expect(await core.stores.apiKeys.findActiveById(keyId)).toBeDefined();
});

it('attack 52: even an administrator gets one answer for an id that is not there and one of another kind', async () => {
  const core = await startCoreApp();
  const { accessToken: token, sessionId } = await core.logIn('admin');
  for (const path of ['/v1/users/', '/v1/api-keys/']) {
    const answers = await Promise.all(
      [createId('user'), createId('api_key'), sessionId].map(async (id) =>
        told(await core.send('DELETE', path + id, { token })),
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.[0]).toBe(404);
  }
});
