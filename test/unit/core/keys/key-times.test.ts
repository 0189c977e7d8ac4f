import { describe, expect, it } from 'vitest';
import {
  completeChange,
  isPublished,
  PUBLISHED_AFTER_SUCCESSION_SECONDS,
  SIGNED_TOKEN_SECONDS_MAX,
  secondsAfter,
  signingOrder,
  stateOf,
} from '../../../../src/core/keys/key-times.ts';
import type { StoredSigningKey } from '../../../../src/core/keys/signing-key-store.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../../../src/identity/access-token-claims.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../../../src/oauth/token-limits.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const at = (seconds: number) => secondsAfter(NOW, seconds);

function key(id: string, differences: Partial<StoredSigningKey> = {}): StoredSigningKey {
  const times = { createdAt: at(-100), signsFrom: at(-100), publishedUntil: undefined, revokedAt: undefined };
  const pair = { id, algorithm: 'ES256', publicJwk: '{}', sealedPrivateJwk: 'sealed' };
  return { ...pair, ...times, notedPhase: 'signing', ...differences };
}

const states = (keys: readonly StoredSigningKey[], algorithm = 'ES256') =>
  keys.map((each) => stateOf(each, { now: NOW, keys }, algorithm));

describe('the times of signing keys', () => {
  it('hold for the longest token that we sign and the tolerance of our own verifiers', () => {
    expect(ACCESS_TOKEN_LIFETIME_SECONDS).toBeLessThanOrEqual(SIGNED_TOKEN_SECONDS_MAX);
    const dead = SIGNED_TOKEN_SECONDS_MAX + CLOCK_TOLERANCE_SECONDS;
    expect(PUBLISHED_AFTER_SUCCESSION_SECONDS).toBeGreaterThanOrEqual(dead);
    const [signing] = signingOrder([key('a', { publishedUntil: at(dead) })], 'ES256', NOW);
    expect(signing?.id).toBe('a');
    expect(signingOrder([key('a', { publishedUntil: at(dead - 1) })], 'ES256', NOW)).toEqual([]);
  });
});

describe('stateOf', () => {
  it('tells next, current, previous, gone and revoked keys apart', () => {
    const keys = [
      key('gone', { publishedUntil: NOW }),
      key('previous', { publishedUntil: at(1) }),
      key('revoked', { revokedAt: at(-1) }),
      key('current', { signsFrom: NOW }),
      key('next', { signsFrom: at(1) }),
    ];
    expect(states(keys)).toEqual(['gone', 'previous', 'revoked', 'current', 'next']);
    expect(keys.filter((each) => isPublished(each, NOW)).map(({ id }) => id)).toEqual([
      'previous',
      'current',
      'next',
    ]);
  });

  it('prefers the configured algorithm, then who took over last, then who was made last', () => {
    const keys = [
      key('older', { createdAt: at(-200) }),
      key('newer'),
      key('earlier', { signsFrom: at(-300), createdAt: at(-1) }),
      key('other', { algorithm: 'RS256', signsFrom: at(-1) }),
    ];
    expect(signingOrder(keys, 'ES256', NOW).map(({ id }) => id)).toEqual([
      'newer',
      'older',
      'earlier',
      'other',
    ]);
    expect(states(keys, 'RS256')).toEqual(['previous', 'previous', 'previous', 'current']);
  });
});

describe('completeChange', () => {
  const listing = (...keys: StoredSigningKey[]) => ({ now: NOW, keys });

  it('gives keys of one signs_from an end, but for the one that was made last, and then changes nothing', () => {
    const [one, two] = [key('a', { createdAt: at(-200) }), key('b')];
    const change = completeChange(listing(one, two), {});
    // Until now the one may have signed as well as the other.
    const until = secondsAfter(NOW, PUBLISHED_AFTER_SUCCESSION_SECONDS);
    expect(change?.times).toEqual([expect.objectContaining({ id: 'a', publishedUntil: until })]);
    expect(completeChange(listing({ ...one, publishedUntil: until }, two), {})).toBeUndefined();
  });

  it('takes the end away from a key whose successor is revoked before it signs', () => {
    const next = key('b', { signsFrom: at(10) });
    const current = key('a', {
      publishedUntil: secondsAfter(next.signsFrom, PUBLISHED_AFTER_SUCCESSION_SECONDS),
    });
    const change = completeChange(listing(current, next), { times: [{ ...next, revokedAt: NOW }] });
    expect(change?.times).toEqual([
      expect.objectContaining({ id: 'a', publishedUntil: undefined }),
      expect.objectContaining({ id: 'b', revokedAt: NOW }),
    ]);
  });

  it('never lets a key that is gone come back', () => {
    const gone = key('a', { publishedUntil: at(-1), notedPhase: 'gone' });
    const revoked = { ...key('b', { signsFrom: at(-50) }), revokedAt: NOW };
    const change = completeChange(listing(gone, key('b', { signsFrom: at(-50) })), { times: [revoked] });
    expect(change?.times.map(({ id }) => id)).toEqual(['b']);
  });
});
