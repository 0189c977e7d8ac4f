import fc from 'fast-check';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SigningAlgorithm } from '../../../../src/core/keys/generate-signing-key.ts';
import { BY_ITSELF } from '../../../../src/core/keys/key-events.ts';
import { KEY_SET_MAX_AGE_SECONDS, KEYS_REREAD_SECONDS } from '../../../../src/core/keys/key-times.ts';
import type { PublicKeySet } from '../../../../src/core/keys/public-key-set.ts';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import type { SigningKeyStore } from '../../../../src/core/keys/signing-key-store.ts';
import { createSigningKeys, type SigningKeys } from '../../../../src/core/keys/signing-keys.ts';
import { type Clock, DAY_SECONDS, MINUTE_SECONDS } from '../../../../src/lib/durations.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { createRecordingAuditLog } from '../../../support/core/recording-audit-log.ts';
import { createMemorySigningKeyStore } from '../../../support/memory-stores/memory-signing-key-store.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const change = async (keys: SigningKeys, choose: Parameters<SigningKeys['change']>[0]) =>
  (await keys.change(choose, BY_ITSELF)).listing;

const TOKEN_SECONDS = 15 * MINUTE_SECONDS;

function createKeys(store: SigningKeyStore, clock: Clock, algorithm: SigningAlgorithm) {
  return createSigningKeys({
    store,
    box: createSecretBox(['a-secret-of-at-least-32-bytes-00000']),
    algorithm,
    audit: createRecordingAuditLog(),
    clock,
    log: silentLog,
  });
}

/** Two processes on one store, each with its own clock, which is off by some seconds. */
function setUp(offSeconds: readonly [number, number] = [0, 0]) {
  const clock = createManualClock();
  const store = createMemorySigningKeyStore(clock.now);
  const [one, other] = offSeconds.map((off) => createKeys(store, () => clock.now() + off * 1000, 'ES256'));
  if (one === undefined || other === undefined) throw new Error('there are two processes');
  const kidOf = async (keys: typeof one) => decodeProtectedHeader(await keys.sign({}, 't')).kid;
  const shown = async (keys: typeof one) => (await keys.publicKeySet()).keys.map(({ kid }) => kid);
  return { clock, store, one, other, kidOf, shown };
}

describe('the rotation of signing keys', () => {
  it('publishes the next key before it signs, and the previous one until its last token is dead', async () => {
    const { clock, one, kidOf, shown } = setUp();
    const first = await kidOf(one);
    const { keys } = await change(one, (changes) => changes.rotation(false));
    const second = keys[1]?.id;
    expect(await shown(one)).toEqual([first, second]);
    clock.advanceSeconds(419);
    expect(await kidOf(one)).toBe(first);
    clock.advanceSeconds(1);
    expect(await kidOf(one)).toBe(second);
    clock.advanceSeconds(1269);
    expect(await shown(one)).toEqual([first, second]);
    clock.advanceSeconds(1);
    expect(await shown(one)).toEqual([second]);
  });

  it('happens by itself once the key is old enough, and not again while a next key exists', async () => {
    const { clock, store, one } = setUp();
    await one.publicKeySet();
    const due = async () => (await change(one, (changes) => changes.due(90 * DAY_SECONDS))).keys.length;
    clock.advanceSeconds(90 * DAY_SECONDS - 1);
    expect(await due()).toBe(1);
    clock.advanceSeconds(1);
    expect(await due()).toBe(2);
    clock.advanceSeconds(400);
    expect(await due()).toBe(2);
    expect((await store.list()).keys).toHaveLength(2);
  });

  it('lets another algorithm that is configured take effect: its key is published, then signs', async () => {
    const { clock, store, one, kidOf } = setUp();
    const first = await kidOf(one);
    const keys = createKeys(store, clock.now, 'EdDSA');
    const look = () => change(keys, (changes) => changes.due(90 * DAY_SECONDS));
    const second = (await look()).keys[1];
    expect(second?.algorithm).toBe('EdDSA');
    expect(await kidOf(keys)).toBe(first);
    clock.advanceSeconds(420);
    expect(await kidOf(keys)).toBe(second?.id);
    expect((await look()).keys).toHaveLength(2);
  });

  it('lets a key sign at once where that is asked for, and the next one where there is one', async () => {
    const { clock, one, kidOf } = setUp();
    const first = await kidOf(one);
    clock.advanceSeconds(1);
    const next = (await change(one, (changes) => changes.rotation(false))).keys[1]?.id;
    expect((await change(one, (changes) => changes.rotation(true))).keys).toHaveLength(2);
    expect(await kidOf(one)).toBe(next);
    expect(next).not.toBe(first);
  });

  it('withdraws a revoked key at once here and within a minute elsewhere, and another key signs', async () => {
    const { clock, one, other, kidOf, shown } = setUp();
    const first = String(await kidOf(one));
    await other.publicKeySet();
    await change(one, (changes) => changes.revocation(first));
    const second = await kidOf(one);
    expect(second).not.toBe(first);
    expect(await shown(one)).toEqual([second]);
    clock.advanceSeconds(KEYS_REREAD_SECONDS);
    expect(await shown(other)).toEqual([second]);
    expect(await kidOf(other)).toBe(second);
  });

  it('tells listeners of a revoked key: at once where it was revoked, and elsewhere when the keys are looked after', async () => {
    const { clock, one, other, kidOf, shown } = setUp();
    const first = String(await kidOf(one));
    await other.publicKeySet();
    const heard: string[] = [];
    one.onWithdrawn((ids) => heard.push(`one ${ids}`));
    const stop = other.onWithdrawn((ids) => heard.push(`other ${ids}`));
    await change(one, (changes) => changes.revocation(first));
    expect(heard).toEqual([`one ${first}`]);
    await change(other, (changes) => changes.due(90 * DAY_SECONDS));
    expect(heard).toEqual([`one ${first}`, `other ${first}`]);
    expect(await shown(other)).not.toContain(first);
    stop();
    await change(one, (changes) => changes.rotation(true));
    clock.advanceSeconds(DAY_SECONDS);
    await shown(other);
    expect(heard).toHaveLength(2);
  });

  it('changes nothing for a key that is unknown or revoked already', async () => {
    const { store, one } = setUp();
    await one.publicKeySet();
    const before = (await store.list()).keys;
    await change(one, (changes) => changes.revocation('key_unknown'));
    expect((await store.list()).keys).toEqual(before);
  });

  it('signs nothing that a key set kept for its max-age does not verify, whenever keys rotate', async () => {
    const step = fc.record({
      seconds: fc.integer({ min: 1, max: 700 }),
      act: fc.constantFrom('none', 'due', 'rotate'),
    });
    const offs = fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -90, max: 90 }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), offs, async (steps, off) => {
        const { clock, one, other } = setUp(off);
        const tokens: { token: string; atMs: number }[] = [];
        const kept: { keySet: PublicKeySet; atMs: number }[] = [];
        for (const { seconds, act } of steps) {
          clock.advanceSeconds(seconds);
          const atMs = clock.now();
          if (act === 'due') await change(other, (changes) => changes.due(600));
          if (act === 'rotate') await change(other, (changes) => changes.rotation(false));
          for (const keys of [one, other]) {
            tokens.push({ token: await keys.sign({}, 't'), atMs });
            kept.push({ keySet: await keys.publicKeySet(), atMs });
          }
        }
        for (const { token, atMs } of tokens)
          for (const { keySet, atMs: fetchedAtMs } of kept) {
            const isOfUse =
              fetchedAtMs + KEY_SET_MAX_AGE_SECONDS * 1000 > atMs &&
              fetchedAtMs <= atMs + TOKEN_SECONDS * 1000;
            if (isOfUse) await jwtVerify(token, createLocalJWKSet({ keys: [...keySet.keys] }));
          }
      }),
      { numRuns: 15 },
    );
  });
});
