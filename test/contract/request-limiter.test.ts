import { beforeEach, expect, it } from 'vitest';
import {
  createRequestLimiter,
  type RequestKind,
  type RequestLimiter,
} from '../../src/core/limits/request-limiter.ts';
import { describeCounters, limitedFor } from './counters-under-test.ts';

const LIMITS = {
  register: { points: 2, durationSeconds: 60 },
  password_change: { points: 3, durationSeconds: 60 },
  mail_from: { points: 4, durationSeconds: 60 },
  mail_to: { points: 5, durationSeconds: 60 },
};
const KEYS: Readonly<Record<RequestKind, string>> = {
  register: '192.0.2.1',
  password_change: 'usr_1',
  mail_from: '192.0.2.1',
  mail_to: 'jane@clinic.test',
};

describeCounters('RequestLimiter', (underTest) => {
  let limiter: RequestLimiter;

  async function admitted(kind: RequestKind, keys: readonly (string | undefined)[]): Promise<number> {
    const all = await Promise.all(keys.map((key) => limiter.admit(kind, key)));
    return all.filter((permission) => permission.kind === 'allowed').length;
  }

  beforeEach(async () => {
    limiter = createRequestLimiter(await underTest.create(), LIMITS);
  });

  it('counts each kind by its own limit, and says when to come again', async () => {
    for (const kind of ['register', 'password_change', 'mail_from', 'mail_to'] as const) {
      expect(await admitted(kind, Array(10).fill(KEYS[kind]))).toBe(LIMITS[kind].points);
      expect(await limiter.admit(kind, KEYS[kind])).toEqual(limitedFor(60));
    }
    await underTest.advanceSeconds(61);
    expect(await admitted('register', [KEYS.register])).toBe(1);
  });

  it('counts clients by their network', async () => {
    const network = Array.from({ length: 10 }, (_, index) => `2001:db8::${index}`);
    expect(await admitted('register', network)).toBe(2);
    expect(await admitted('register', ['2001:db8:0:1::1', '192.0.2.1', '192.0.2.2'])).toBe(3);
  });

  it('counts clients without an address as one', async () => {
    expect(await admitted('mail_from', Array(10).fill(undefined))).toBe(4);
  });

  it('counts a mailbox once, in whatever case it is written', async () => {
    const spellings = ['Jane@clinic.test', 'JANE@CLINIC.TEST', 'jane@Clinic.test', 'jane@clinic.test'];
    expect(await admitted('mail_to', [...spellings, ...spellings])).toBe(5);
    expect(await admitted('mail_to', ['john@clinic.test'])).toBe(1);
  });
});
