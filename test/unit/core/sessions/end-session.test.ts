import { expect, it } from 'vitest';
import { createEndSession } from '../../../../src/core/sessions/end-session.ts';
import { createSessionEndings } from '../../../../src/core/sessions/session-endings.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { addUser, newSession } from '../../../contract/stores-under-test.ts';
import { createManualClock, createMemoryStores } from '../../../support/memory-stores/memory-stores.ts';
import { settle } from '../../../support/time/steered-timer.ts';

/** Three sessions of one user, and their end where the log is read when the test says so. */
async function setUp() {
  const stores = createMemoryStores(createManualClock().now);
  const read = Promise.withResolvers<void>();
  let reads = 0;
  const readNow = () => {
    reads += 1;
    return read.promise;
  };
  const end = createEndSession({
    sessions: stores.sessions,
    endings: createSessionEndings(silentLog),
    audit: { record() {} },
    revocations: { readNow },
  });
  const user = await addUser(stores.users);
  const [one, other, last] = [
    await stores.sessions.begin(newSession(user.id)),
    await stores.sessions.begin(newSession(user.id)),
    await stores.sessions.begin(newSession(user.id)),
  ];
  return { end, read, reads: () => reads, userId: user.id, one, other, last };
}

it.each(['endSession', 'endOtherSessions', 'endAllSessions'] as const)(
  'answers %s when the followers of the log have heard of it',
  async (act) => {
    const { end, read, userId, one } = await setUp();
    let isAnswered = false;
    const ending =
      act === 'endAllSessions'
        ? end[act](userId)
        : act === 'endSession'
          ? end[act](one.id, userId)
          : end[act](userId, one.id);
    const answered = ending.then(() => {
      isAnswered = true;
    });
    for (let turn = 0; turn < 10; turn += 1) await settle();
    expect(isAnswered).toBe(false);
    read.resolve();
    await answered;
  },
);

it('waits for nobody where nothing ended', async () => {
  const { end, reads, userId, one } = await setUp();
  expect(await end.endSession(one.id, 'usr_other')).toBe('not_found');
  expect(await end.endSession('ses_other', userId)).toBe('not_found');
  expect(reads()).toBe(0);
});
