import { beforeEach, expect, it } from 'vitest';
import { createGuessLimiter, type Guess, type GuessLimiter } from '../../src/core/passwords/guess-limiter.ts';
import { describeCounters, limitedFor } from './counters-under-test.ts';

const LIMITS = {
  pair: { points: 3, durationSeconds: 60 },
  address: { points: 6, durationSeconds: 60 },
  account: { points: 5, durationSeconds: 3600 },
};
const guess = (login: string, clientAddress: string | undefined): Guess => ({ login, clientAddress });

async function admitted(limiter: GuessLimiter, guesses: readonly Guess[]): Promise<number> {
  let count = 0;
  for (const each of guesses) if ((await limiter.admit(each)).kind === 'allowed') count += 1;
  return count;
}

describeCounters('GuessLimiter', (underTest) => {
  let limiter: GuessLimiter;

  beforeEach(async () => {
    limiter = createGuessLimiter(await underTest.create(), LIMITS);
  });

  it('limits an account from one address, and says until when', async () => {
    expect(await admitted(limiter, Array(10).fill(guess('jane', '192.0.2.1')))).toBe(3);
    await underTest.advanceSeconds(20);
    const refused = await limiter.admit(guess('jane', '192.0.2.1'));
    expect(refused).toEqual(limitedFor(40));
    expect((await limiter.admit(guess('jane', '192.0.2.2'))).kind).toBe('allowed');
    await underTest.advanceSeconds(41);
    expect((await limiter.admit(guess('jane', '192.0.2.1'))).kind).toBe('allowed');
  });

  it('limits an address over all accounts, and an IPv6 network as one address', async () => {
    const spread = Array.from({ length: 10 }, (_, index) => guess(`user-${index}`, '192.0.2.1'));
    expect(await admitted(limiter, spread)).toBe(6);
    const sameNetwork = Array.from({ length: 10 }, (_, index) => guess(`six-${index}`, `2001:db8::${index}`));
    expect(await admitted(limiter, sameNetwork)).toBe(6);
    expect((await limiter.admit(guess('six-0', '2001:db8:0:1::1'))).kind).toBe('allowed');
  });

  it('limits an account over all addresses, but not where it logged in before', async () => {
    await limiter.admit(guess('jane', '2001:db8::1'));
    await limiter.succeeded(guess('jane', '2001:db8::1'));
    const strangers = Array.from({ length: 10 }, (_, index) => guess('jane', `192.0.2.${index}`));
    expect(await admitted(limiter, strangers)).toBe(5);
    expect((await limiter.admit(guess('jane', '2001:db8::2'))).kind).toBe('allowed');
    expect((await limiter.admit(guess('jane', undefined))).kind).toBe('limited');
  });

  it('forgets the address of an account after ninety days', async () => {
    await limiter.admit(guess('jane', '198.51.100.1'));
    await limiter.succeeded(guess('jane', '198.51.100.1'));
    await underTest.advanceSeconds(90 * 86_400 + 1);
    const strangers = Array.from({ length: 5 }, (_, index) => guess('jane', `192.0.2.${index}`));
    expect(await admitted(limiter, strangers)).toBe(5);
    expect((await limiter.admit(guess('jane', '198.51.100.1'))).kind).toBe('limited');
  });

  it('counts no guess that was right, however many there are', async () => {
    for (let index = 0; index < 20; index += 1) {
      expect((await limiter.admit(guess('jane', '192.0.2.1'))).kind).toBe('allowed');
      await limiter.succeeded(guess('jane', '192.0.2.1'));
    }
  });

  it('does not let an own account open an address again', async () => {
    const spread = Array.from({ length: 5 }, (_, index) => guess(`user-${index}`, '192.0.2.1'));
    expect(await admitted(limiter, spread)).toBe(5);
    await limiter.admit(guess('own', '192.0.2.1'));
    await limiter.succeeded(guess('own', '192.0.2.1'));
    expect(await admitted(limiter, [guess('user-5', '192.0.2.1'), guess('user-6', '192.0.2.1')])).toBe(1);
  });

  it('does not count what it refuses: one account that is hammered closes the address to no other', async () => {
    expect(await admitted(limiter, Array(100).fill(guess('jane', '192.0.2.1')))).toBe(3);
    expect((await limiter.admit(guess('john', '192.0.2.1'))).kind).toBe('allowed');
  });
});
