import { expect, it } from 'vitest';
import { reviewInSilence, wireStreams } from '../../../../src/entry/wiring/wire-streams.ts';
import { createRevocationFeed } from '../../../../src/gateway/revocation/revocation-feed.ts';
import type { Standing } from '../../../../src/gateway/revocation/standing.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createSteeredTimer, fire } from '../../../support/time/steered-timer.ts';

/** A stream of a user of ours, wired to a feed that was heard just now, with a second of grace. */
function openStream(shown: Partial<Principal> = {}, graceMs = 1_000) {
  const clock = createManualClock(Date.now());
  const feed = createRevocationFeed({
    clock: clock.now,
    elapsed: clock.now,
    rememberSeconds: 900,
    graceMs: () => graceMs,
    log: silentLog,
  });
  feed.take({ revocations: [], cursor: '' });
  const streams = wireStreams(feed, silentLog);
  const ends: string[] = [];
  const principal = buildPrincipal({ keyId: 'key_1', expiresAt: Number.POSITIVE_INFINITY, ...shown });
  streams.add({ principal, outlivesToken: false }, 'stream', (why) => ends.push(why));
  return { clock, feed, streams, principal, ends };
}

it.each([
  ['session', 'ses_00000000000000000000000000000001', 'session_revoked'],
  ['key', 'key_1', 'token_revoked'],
] as const)('a stream ends when the feed tells that its %s was revoked', (kind, id, why) => {
  const { feed, ends } = openStream();
  feed.take({ revocations: [{ kind, id, revokedAtMs: Date.now() }], cursor: '' });
  expect(ends).toEqual([why]);
});

it.each([
  ['ends when the feed tells that something was taken from its user since', 0, ['access_revoked']],
  ['goes on when that was long before', -60_000, []],
])('a stream of a browser session %s', (_, sinceMs, expected) => {
  const { feed, principal, ends } = openStream({ authenticatedBy: 'session', issuedAt: undefined });
  const revocation = { kind: 'user', id: principal.subject, revokedAtMs: Date.now() + sinceMs } as const;
  feed.take({ revocations: [revocation], cursor: '' });
  expect(ends).toEqual(expected);
});

it('a stream ends when the feed goes stale, and not while it is silent', async () => {
  const { clock, feed, ends } = openStream();
  const { timer, timers } = createSteeredTimer();
  feed.noteAnswer(false);
  const stop = feed.watch(timer, () => undefined);
  clock.advanceSeconds(10.5);
  await fire(timers);
  expect(ends).toEqual([]);
  clock.advanceSeconds(1);
  await fire(timers);
  expect(ends).toEqual(['revocations_unknown']);
  stop();
});

it.each([
  ['ends when the log is heard again after longer than it tells of', 901, ['revocations_unknown']],
  ['goes on when the log tells all that was missed', 899, []],
])('a stream that a long grace has kept open %s', (_, silenceSeconds, expected) => {
  const { clock, feed, ends } = openStream({}, 3_600_000);
  clock.advanceSeconds(silenceSeconds);
  feed.take({ revocations: [], cursor: '' });
  expect(ends).toEqual(expected);
});

it('the core is asked about streams while the feed is silent, and not while it is heard', async () => {
  const { clock, feed, streams, principal, ends } = openStream({ issuedAt: 1 });
  const { timer, timers } = createSteeredTimer();
  const asked: unknown[] = [];
  const check = async (...question: unknown[]): Promise<Standing> => {
    asked.push(question);
    return { kind: 'revoked' };
  };
  const stop = reviewInSilence(streams, feed, () => ({ standing: { check } }), silentLog, timer);
  await fire(timers);
  expect(asked).toEqual([]);
  clock.advanceSeconds(10.5);
  await fire(timers);
  expect(asked).toEqual([[principal, true]]);
  expect(ends).toEqual(['session_revoked']);
  await stop();
});
