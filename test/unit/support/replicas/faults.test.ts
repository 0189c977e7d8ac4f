import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../support/replicas/asking.ts';
import { faultsIn, faultsInEndings } from '../../../support/replicas/faults.ts';

const served: Asked = {
  place: 'gateway 1',
  sentMs: 5_000,
  doneMs: 5_010,
  status: 200,
  code: undefined,
  retryAfter: undefined,
  failure: undefined,
  body: '',
};
const unavailable: Asked = { ...served, status: 503, code: 'temporarily_unavailable', retryAfter: '5' };
const refused: Asked = { ...served, status: undefined, failure: 'ECONNREFUSED' };
const brokenOff: Asked = { ...served, failure: 'ECONNRESET' };

const away = (how: 'SIGTERM' | 'SIGKILL', fromMs: number, untilMs: number, name = 'gateway 1') => [
  { name, absences: [{ how, fromMs, untilMs }] },
];

describe('what good tokens must not be answered', () => {
  it.each([
    ['a request that was served', served, []],
    ['a documented 503', unavailable, []],
    ['a refused connection while the replica is away', refused, away('SIGTERM', 4_000, 7_000)],
    [
      'a refused connection while it is still away',
      refused,
      away('SIGTERM', 4_000, Number.POSITIVE_INFINITY),
    ],
    ['an answer that broke off when the replica was killed', brokenOff, away('SIGKILL', 5_005, 7_000)],
  ])('is not %s', (_what, asked, replicas) => {
    expect(faultsIn([asked], replicas)).toEqual([]);
  });

  it.each([
    ['another refusal', { ...served, status: 401, code: 'invalid_token' }, []],
    ['a failure of the upstream', { ...served, status: 502, code: 'upstream_failed' }, []],
    ['a 503 without a time to come back', { ...unavailable, retryAfter: undefined }, []],
    ['a 503 of somebody else', { ...unavailable, code: undefined }, []],
    ['a refused connection while the replica is there', refused, []],
    ['a refused connection long after it came back', refused, away('SIGTERM', 1_000, 2_000)],
    ['a refused connection while another is away', refused, away('SIGTERM', 4_000, 7_000, 'gateway 2')],
    ['an answer that broke off when the replica went in order', brokenOff, away('SIGTERM', 5_005, 7_000)],
  ])('is %s', (_what, asked, replicas) => {
    expect(faultsIn([asked], replicas)).toEqual([asked]);
  });
});

describe('what tokens of ended sessions must not be answered', () => {
  const refusal: Asked = { ...served, status: 401, code: 'invalid_token' };
  const endingAt = (begunMs: number, asked: Asked) => {
    return {
      credential: { token: 'a.b.c' },
      begunMs,
      endedMs: begunMs + 5,
      lagMs: new Map(),
      asked: [asked],
    };
  };

  it('is a refusal before anybody asked for the end, and not one that the end overtook or that came after it', () => {
    expect(faultsInEndings([endingAt(5_020, refusal)], [])).toEqual([refusal]);
    for (const begunMs of [5_005, 4_000])
      expect(faultsInEndings([endingAt(begunMs, refusal)], [])).toEqual([]);
  });

  it('is another answer than the ones that good tokens get', () => {
    const failed = { ...served, status: 502 };
    expect(faultsInEndings([endingAt(4_000, failed)], [])).toEqual([failed]);
    expect(faultsInEndings([endingAt(4_000, unavailable)], [])).toEqual([]);
  });
});
