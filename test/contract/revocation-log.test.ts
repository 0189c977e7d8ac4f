import { expect, it } from 'vitest';
import type { ClientChange, ClientKey } from '../../src/core/clients/client-store.ts';
import { REVOCATION_MEMORY_SECONDS } from '../../src/core/revocation/revocation-memory.ts';
import type { UserChange } from '../../src/core/users/user-store.ts';
import { createId } from '../../src/identity/ids.ts';
import { createLogReader } from '../support/revocations/log-reader.ts';
import { addUser, describeStores, newSession, randomTokenHash } from './stores-under-test.ts';

const IDLE = { bearerIdleSeconds: 3600, cookieIdleSeconds: 3600 };
const KEY: ClientKey = { kty: 'OKP', crv: 'Ed25519', x: 'eA', kid: 'one' };
const GRANTS = { roles: ['exporter', 'reader'], scopes: ['patients:read', 'alerts:read'] };
const newLinks = () => ({ patientId: createId('user'), doctorId: createId('user') });
const OF_CLIENT = { name: 'export', ...GRANTS, audiences: ['alerts', 'doctors'] };
const NOT_OF_THE_LOG = ['', '0', 'x', '-1', '1.5', '1e3', '99999999999999999', '9'.repeat(64)];

describeStores('revocation log', (stores) => {
  const { users, sessions, clients, apiKeys, signingKeys, revocationLog: log } = stores;
  const reader = createLogReader(log);
  const begin = async () => sessions.begin(newSession((await addUser(users)).id));
  const secretClient = () =>
    clients.create({
      ...OF_CLIENT,
      authenticationMethod: 'client_secret_basic',
      secretHash: randomTokenHash(),
    });
  const rotate = (sessionId: string, counter: number) =>
    sessions.rotateRefreshToken({ sessionId, clientId: undefined, counter, idle: IDLE });

  it('tells of a session that was ended, once and at its time, to whoever goes on from a cursor', async () => {
    const { id, userId, createdAt } = await begin();
    const { cursor } = await log.read(undefined);
    expect((await reader.readNew()).map((each) => each.id)).not.toContain(id);
    await sessions.end(id, userId);
    const told = (await log.read(cursor)).revocations.find((each) => each.id === id);
    expect(told).toEqual({ kind: 'session', id, revokedAtMs: expect.any(Number) });
    expect(Math.abs((told?.revokedAtMs ?? 0) - createdAt.getTime())).toBeLessThan(10_000);
    expect((await reader.readNew()).filter((each) => each.id === id)).toEqual([told]);
    expect(await reader.readNew()).toEqual([]);
  });

  it('tells when it was read, by the clock that says when something was revoked', async () => {
    const { id, userId } = await begin();
    await sessions.end(id, userId);
    const { revocations, readAtMs } = await log.read(undefined);
    const { revokedAtMs = 0 } = revocations.find((each) => each.id === id) ?? {};
    expect(readAtMs).toBeGreaterThanOrEqual(revokedAtMs);
    expect(readAtMs - revokedAtMs).toBeLessThan(10_000);
  });

  it('tells of each of many sessions that end at once, and of none that goes on', async () => {
    const { id: userId } = await addUser(users);
    const begun = await Promise.all(Array.from({ length: 5 }, () => sessions.begin(newSession(userId))));
    const [kept, ...others] = begun.map(({ id }) => id);
    const appended = await reader.appendedBy(() => sessions.endAllExcept(userId, kept ?? ''));
    expect([...appended].sort()).toEqual(others.map((id) => `session ${id}`).sort());
    expect(await reader.appendedBy(() => sessions.endAll(userId))).toEqual([`session ${kept}`]);
    expect(await reader.appendedBy(() => sessions.endAll(userId))).toEqual([]);
  });

  it('tells of a session whose spent refresh token came back, and of no refresh before', async () => {
    const { id } = await begin();
    expect(await reader.appendedBy(() => rotate(id, 0))).toEqual([]);
    expect(await reader.appendedBy(() => rotate(id, 1))).toEqual([]);
    expect(await reader.appendedBy(() => rotate(id, 0))).toEqual([`session ${id}`]);
  });

  it('tells of a user who is disabled, and who is deleted, and of no other change', async () => {
    await addUser(users, { roles: ['admin'] });
    const [disabled, deleted] = [await addUser(users), await addUser(users)];
    const { id } = disabled;
    expect(await reader.appendedBy(() => users.update(id, { username: id }))).toEqual([]);
    expect(await reader.appendedBy(() => users.update(id, { disabled: true }))).toEqual([`user ${id}`]);
    expect(await reader.appendedBy(() => users.update(id, { disabled: true }))).toEqual([]);
    expect(await reader.appendedBy(() => users.update(id, { disabled: false }))).toEqual([]);
    expect(await reader.appendedBy(() => users.delete(deleted.id))).toEqual([`user ${deleted.id}`]);
  });

  it.each<[string, UserChange]>([
    ['loses a role', { roles: ['doctor'] }],
    ['gets another role for one that it had', { roles: ['doctor', 'admin'] }],
    ['is no longer that patient', { patientId: null }],
    ['is another patient', { patientId: 'p-other' }],
    ['is no longer that doctor', { doctorId: null }],
  ])('tells of a user who %s, and says when to the user’s next token', async (_what, change) => {
    const { id } = await addUser(users, { roles: ['doctor', 'patient'], ...newLinks() });
    expect(await reader.appendedBy(() => users.update(id, change))).toEqual([`user ${id}`]);
    const told = (await log.read(undefined)).revocations.find((each) => each.id === id);
    expect((await users.findById(id))?.revokedAt?.getTime()).toBe(told?.revokedAtMs);
  });

  it('does not tell of a user who gets a role or a first link, or is called otherwise', async () => {
    const { id } = await addUser(users, { roles: ['patient'] });
    const { patientId, doctorId } = newLinks();
    const changes: UserChange[] = [
      { roles: ['doctor', 'patient'] },
      { roles: ['patient', 'doctor'] },
      { patientId, doctorId },
      { email: `${id}@clinic.test`, username: id, displayName: 'other' },
    ];
    for (const change of changes) expect(await reader.appendedBy(() => users.update(id, change))).toEqual([]);
    expect((await users.findById(id))?.revokedAt).toBeUndefined();
  });

  it('tells of what is taken twice within a second as a second apart, so that no token in between counts as issued afterwards', async () => {
    const [user, client] = [await addUser(users, { roles: ['doctor', 'reviewer'] }), await secretClient()];
    for (const roles of [['doctor'], []]) {
      await users.update(user.id, { roles });
      await clients.change(client.id, { roles });
    }
    const { revocations } = await log.read(undefined);
    for (const { id } of [user, client]) {
      const [first = Number.NaN, second = Number.NaN] = revocations
        .filter((each) => each.id === id)
        .map(({ revokedAtMs }) => revokedAtMs);
      expect(second - first).toBeGreaterThanOrEqual(1000);
    }
    expect((await clients.findCredentials(client.id))?.client.revokedAt).toEqual(
      new Date(Math.max(...revocations.filter(({ id }) => id === client.id).map((each) => each.revokedAtMs))),
    );
  });

  it.each<[string, ClientChange]>([
    ['is disabled', { disabled: true }],
    ['loses a role', { roles: ['exporter'] }],
    ['gets another role for one that it had', { roles: ['exporter', 'writer'] }],
    ['loses a scope', { scopes: [] }],
    ['may no longer call a service for users', { audiences: ['alerts'] }],
  ])('tells of a client that %s', async (_what, change) => {
    const { id } = await secretClient();
    expect(await reader.appendedBy(() => clients.change(id, change))).toEqual([`client ${id}`]);
  });

  it.each<[string, ClientChange]>([
    ['is called otherwise', { name: 'other' }],
    ['gets a role', { roles: [...GRANTS.roles, 'writer'] }],
    ['gets a scope', { scopes: ['other', ...GRANTS.scopes].reverse() }],
    ['may call one more service for users', { audiences: [...OF_CLIENT.audiences, 'patients'] }],
    ['is enabled', { disabled: false }],
  ])('does not tell of a client that %s', async (_what, change) => {
    const { id } = await secretClient();
    expect(await reader.appendedBy(() => clients.change(id, change))).toEqual([]);
  });

  it('tells of a client whose secret or keys are others, and who is removed, and not of its use', async () => {
    const [{ id }, removed] = [await secretClient(), await secretClient()];
    const keyed = await clients.create({
      ...OF_CLIENT,
      authenticationMethod: 'private_key_jwt',
      keys: [KEY],
    });
    expect(await reader.appendedBy(() => clients.noteUse(id))).toEqual([]);
    expect(await reader.appendedBy(() => clients.rotateSecret(id, randomTokenHash()))).toEqual([
      `client ${id}`,
    ]);
    const keys = [{ ...KEY, kid: 'two' }];
    expect(await reader.appendedBy(() => clients.change(keyed.id, { keys }))).toEqual([`client ${keyed.id}`]);
    expect(await reader.appendedBy(() => clients.remove(removed.id))).toEqual([`client ${removed.id}`]);
  });

  it('tells of an API key that is revoked, and not of its use', async () => {
    const keyHash = randomTokenHash();
    const facts = { name: 'export', hint: 'wgk_', createdBy: undefined, lifetimeSeconds: undefined };
    const { id } = await apiKeys.create({ ...facts, ...GRANTS, keyHash });
    expect(await reader.appendedBy(() => apiKeys.findActiveByHash(keyHash))).toEqual([]);
    expect(await reader.appendedBy(() => apiKeys.revoke(id))).toEqual([`api_key ${id}`]);
    expect(await reader.appendedBy(() => apiKeys.revoke(id))).toEqual([]);
  });

  it('tells of a signing key that is revoked, and of no other change of its times', async () => {
    const id = createId('key');
    const now = new Date();
    const publicJwk = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: id });
    const pair = { id, algorithm: 'EdDSA' as const, publicJwk, sealedPrivateJwk: 'sealed:AA' };
    const add = { ...pair, signsFrom: now, notedPhase: 'next' as const };
    await signingKeys.change(() => ({ add, times: [] }));
    const set = (revokedAt: Date | undefined) =>
      signingKeys.change(() => ({
        add: undefined,
        times: [{ id, signsFrom: now, publishedUntil: now, revokedAt, notedPhase: 'signing' }],
      }));
    expect(await reader.appendedBy(() => set(undefined))).toEqual([]);
    expect(await reader.appendedBy(() => set(now))).toEqual([`key ${id}`]);
    expect(await reader.appendedBy(() => set(now))).toEqual([]);
  });

  it('tells of one access token, also when it is revoked again', async () => {
    const id = createId('token');
    expect(await reader.appendedBy(() => log.revokeToken(id))).toEqual([`token ${id}`]);
    await log.revokeToken(id);
    const ids = (await log.read(undefined)).revocations.filter((each) => each.id === id);
    expect(ids.length).toBeGreaterThan(1);
  });

  it.each(NOT_OF_THE_LOG)('reads everything from the cursor %j, which is not of this log', async (cursor) => {
    const id = createId('token');
    await log.revokeToken(id);
    const all = await log.read(undefined);
    expect(all.revocations.map((each) => each.id)).toContain(id);
    expect((await log.read(cursor)).revocations).toEqual(all.revocations);
  });

  it('forgets what is older than any token, and no sooner', async () => {
    const id = createId('token');
    await log.revokeToken(id);
    const ids = async () => (await log.read(undefined)).revocations.map((each) => each.id);
    await stores.advanceSeconds(REVOCATION_MEMORY_SECONDS - 30);
    expect(await ids()).toContain(id);
    await stores.advanceSeconds(31);
    expect(await ids()).not.toContain(id);
  });

  it('tells at once that something was appended, until that is called off', async () => {
    let heard = 0;
    const stop = log.onAppended(() => {
      heard += 1;
    });
    await expect
      .poll(async () => {
        await log.revokeToken(createId('token'));
        return heard;
      })
      .toBeGreaterThan(1);
    await stop();
    const before = heard;
    await log.revokeToken(createId('token'));
    expect(heard).toBe(before);
  });
});
