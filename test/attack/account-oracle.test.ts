import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createArgon2Hasher } from '../../src/adapters/node/argon2-hasher.ts';
import { createRateCounters } from '../../src/adapters/node/limits/rate-counters.ts';
import { createGuessLimiter } from '../../src/core/passwords/guess-limiter.ts';
import { median, rankDeviation } from '../support/attack/rank-test.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../support/core/core-app.ts';
import { createManualClock, createMemoryStores } from '../support/memory-stores/memory-stores.ts';

const WRONG = 'a wrong password of many';
const NO_LIMIT = { points: 1_000_000, durationSeconds: 60 };
// Beyond it lies one in sixteen thousand comparisons of samples that do not differ.
const DEVIATION_MAX = 4;
// A fiftieth of a hash is under a millisecond, of which a busy log-in loses several to chance.
const SHARE_BELOW_NOTICE = 0.02;
const ROUNDS = 30;
// On a busy machine it takes more of them to see a difference.
const ROUNDS_MAX = 120;
// Two to three times as slow as our own hashes.
const BCRYPT_COST = 10;

/** Starts a core with real hashing and no limits, whose users have hashes of this making: `doctor`, `disabled`, and `unset` without a password. */
async function startCore(hash: (password: string) => Promise<string>): Promise<CoreUnderTest> {
  const { users, sessions } = createMemoryStores(createManualClock().now);
  for (const username of ['doctor', 'disabled', 'unset']) {
    const passwordHash = username === 'unset' ? undefined : await hash(PASSWORD);
    const email = `${username}@demo.test`;
    await users.create({
      email,
      username,
      passwordHash,
      roles: [],
      patientId: undefined,
      doctorId: undefined,
    });
  }
  users.disable((await users.findByLogin('disabled'))?.id ?? '');
  const counters = createRateCounters({ clock: Date.now });
  const limits = { pair: NO_LIMIT, address: NO_LIMIT, account: NO_LIMIT };
  const guesses = createGuessLimiter(counters, limits);
  return startCoreApp({ users, sessions, hasher: createArgon2Hasher(), guesses });
}

async function logIn(core: CoreUnderTest, login: string, password: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ login, password });
  const facts = { requestId: 'req-1', clientAddress: '192.0.2.1' };
  return core.app.request('/v1/auth/sessions', { method: 'POST', headers, body }, facts);
}

/**
 * Answers each attempt so many times, one of each in every round and in another order each time, so that whatever else the machine does falls on all alike; and on
 * until the comparison sees the difference between `unknown` and the attempt that is known to differ.
 */
async function timesOf(
  core: CoreUnderTest,
  differing: string,
  attempts: Readonly<Record<string, () => readonly [login: string, password: string, at?: CoreUnderTest]>>,
): Promise<ReadonlyMap<string, number[]>> {
  const times = new Map(Object.keys(attempts).map((name) => [name, [] as number[]]));
  const isEnough = (round: number) =>
    round >= ROUNDS && deviation(times, 'unknown', differing) > DEVIATION_MAX;
  for (let round = 0; round < ROUNDS_MAX && !isEnough(round); round += 1) {
    for (const [name, attempt] of shuffled(Object.entries(attempts))) {
      const [login, password, at = core] = attempt();
      const before = performance.now();
      await (await logIn(at, login, password)).text();
      times.get(name)?.push(performance.now() - before);
    }
  }
  return times;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([left], [right]) => left - right)
    .map(([, item]) => item);
}

function deviation(times: ReadonlyMap<string, number[]>, left: string, right: string): number {
  return Math.abs(rankDeviation(times.get(left) ?? [], times.get(right) ?? []));
}

function expectAlike(times: ReadonlyMap<string, number[]>, left: string, right: string): void {
  const ratio = median(times.get(left) ?? []) / median(times.get(right) ?? []);
  const isBelowNotice = Math.abs(ratio - 1) < SHARE_BELOW_NOTICE;
  if (!isBelowNotice)
    expect(deviation(times, left, right), `${left} and ${right}`).toBeLessThan(DEVIATION_MAX);
  expect(Math.abs(Math.log2(ratio)), `medians of ${left} and ${right}`).toBeLessThan(0.5);
}

describe('attack 49: asking a log-in which accounts exist', () => {
  const hashOfOurs = createArgon2Hasher().hash;
  let strangers = 0;
  const stranger = () => {
    strangers += 1;
    return `nobody-${strangers}`;
  };

  it('answers unknown, wrong, disabled and unset alike in status, headers and body', async () => {
    const core = await startCore(hashOfOurs);
    const answers = [];
    for (const [login, password] of [
      ['nobody', WRONG],
      ['doctor', WRONG],
      ['disabled', PASSWORD],
      ['disabled', WRONG],
      ['unset', WRONG],
      ['doctor', 'x'.repeat(257)],
    ] as const) {
      const response = await logIn(core, login, password);
      answers.push([response.status, [...response.headers].sort(), await response.text()]);
    }
    expect(answers[0]?.[0]).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('takes the same time for unknown, wrong, disabled and unset', async () => {
    const core = await startCore(hashOfOurs);
    const times = await timesOf(core, 'impossible', {
      unknown: () => [stranger(), WRONG],
      wrong: () => ['doctor', WRONG],
      disabled: () => ['disabled', PASSWORD],
      unset: () => ['unset', WRONG],
      impossible: () => ['doctor', 'x'.repeat(257)],
    });
    for (const kind of ['wrong', 'disabled', 'unset']) expectAlike(times, 'unknown', kind);
    // The comparison sees a difference where there is one: no hash is made for what nobody has as a password.
    expect(deviation(times, 'unknown', 'impossible')).toBeGreaterThan(DEVIATION_MAX);
  }, 240_000);

  it('takes the same time for unknown logins where all hashes came from another system, slower than ours', async () => {
    const core = await startCore((password) => bcryptHash(password, BCRYPT_COST));
    const coreWithOurs = await startCore(hashOfOurs);
    const times = await timesOf(core, 'ours', {
      unknown: () => [stranger(), WRONG],
      wrong: () => ['doctor', WRONG],
      unset: () => ['unset', WRONG],
      ours: () => [stranger(), WRONG, coreWithOurs],
    });
    for (const kind of ['wrong', 'unset']) expectAlike(times, 'unknown', kind);
    // The unknown take the time of hashes that others have, not of ours.
    expect(deviation(times, 'unknown', 'ours')).toBeGreaterThan(DEVIATION_MAX);
  }, 240_000);
});
