import { expect, it } from 'vitest';
import type { SubjectFacts } from '../../src/core/exchange/subject-standing.ts';
import { createId } from '../../src/identity/ids.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../src/identity/revocation.ts';
import { SESSION_LIMITS } from '../support/core/session-limits.ts';
import { addUser, describeStores, newSession, randomTokenHash } from './stores-under-test.ts';

const A_CLIENT = { authenticationMethod: 'client_secret_basic', roles: [], scopes: ['a', 'b'] } as const;

describeStores('subject standing', (stores) => {
  const { users, sessions, clients, subjectStanding, revocationLog, advanceSeconds } = stores;

  async function begin(differences: Partial<SubjectFacts> = {}) {
    const user = await addUser(users);
    const session = await sessions.begin(newSession(user.id));
    const facts = {
      sessionId: session.id,
      userId: user.id,
      tokenId: createId('token'),
      issuedAt: session.createdAt,
      clientIds: [],
      ...differences,
    };
    const find = (changes: Partial<SubjectFacts> = {}) =>
      subjectStanding.findStanding({ ...facts, ...changes }, SESSION_LIMITS);
    return { user, session, facts, find };
  }
  const addClient = () => clients.create({ ...A_CLIENT, name: 'x', secretHash: randomTokenHash() });

  it('tells of the session of a token that stands', async () => {
    const { session, find } = await begin();
    const { createdAt, expiresAt, acr, amr, transport, lastSeenAt } = session;
    expect(await find()).toEqual({ createdAt, expiresAt, acr, amr, transport, lastSeenAt });
    expect(await find({ clientIds: [createId('client'), (await addClient()).id] })).toBeDefined();
  });

  it('tells nothing of a session that has ended, that is unknown, or whose user is disabled', async () => {
    const ended = await begin();
    await sessions.end(ended.session.id, ended.user.id);
    expect(await ended.find()).toBeUndefined();
    expect(await ended.find({ sessionId: createId('session') })).toBeUndefined();
    expect(await ended.find({ sessionId: 'x\0' })).toBeUndefined();
    const other = await addUser(users);
    expect(await (await begin()).find({ userId: other.id })).toBeUndefined();
    const disabled = await begin();
    await stores.disableUser(disabled.user.id);
    expect(await disabled.find()).toBeUndefined();
  });

  it('tells nothing of a session past its limit', async () => {
    const { find } = await begin();
    await advanceSeconds(8 * 60 * 60 + 1);
    expect(await find()).toBeUndefined();
  });

  it('knows one token that was revoked from the others of its session', async () => {
    const { facts, find } = await begin();
    await revocationLog.revokeToken(facts.tokenId);
    expect(await find()).toBeUndefined();
    expect(await find({ tokenId: createId('token') })).toBeDefined();
  });

  it('refuses what came through a client that was disabled, removed or cut back since, and nothing later', async () => {
    const acts = [
      (id: string) => clients.change(id, { disabled: true }),
      (id: string) => clients.change(id, { scopes: ['a'] }),
      (id: string) => clients.remove(id),
    ];
    for (const act of acts) {
      const { find } = await begin();
      const { id } = await addClient();
      await act(id);
      expect(await find({ clientIds: [createId('client'), id] })).toBeUndefined();
      expect(await find({ clientIds: [createId('client')] })).toBeDefined();
      const later = new Date(Date.now() + 60 * 60 * 1000);
      expect(await find({ clientIds: [id], issuedAt: later })).toBeDefined();
    }
  });

  it('refuses what a user had before being disabled and enabled again', async () => {
    const { user, find } = await begin();
    await stores.disableUser(user.id);
    await users.update(user.id, { disabled: false });
    expect(await find()).toBeUndefined();
  });

  it('refuses what tells of a role that was taken since, though the session goes on, and what was issued by a clock that is a little ahead', async () => {
    const { user, session, find } = await begin();
    await users.update(user.id, { roles: [] });
    expect(await find()).toBeUndefined();
    const at = (await users.findById(user.id))?.revokedAt?.getTime() ?? Number.NaN;
    const issuedAt = (seconds: number) => new Date((Math.floor(at / 1000) + seconds) * 1000);
    expect(await find({ issuedAt: issuedAt(REVOCATION_MARGIN_SECONDS) })).toBeUndefined();
    expect(await find({ issuedAt: issuedAt(REVOCATION_MARGIN_SECONDS + 1) })).toBeDefined();
    const second = Math.floor(at / 1000);
    const soon = { issuedAt: issuedAt(0), clientIds: [createId('client')] };
    expect(await find({ ...soon, known: { [user.id]: second } })).toBeDefined();
    expect(await find({ ...soon, known: { [user.id]: second - 1 } })).toBeUndefined();
    expect(await find({ ...soon, known: { [soon.clientIds[0] ?? '']: second } })).toBeUndefined();
    expect(await sessions.findActiveById(session.id, SESSION_LIMITS)).toBeDefined();
  });
});
