import { describe, expect, it } from 'vitest';
import { createDecoyHashes } from '../../../../src/core/passwords/decoy-hashes.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const OURS = '$argon2id$v=19$m=19456,t=2,p=1$salt$hash';
const SLOW = '$pbkdf2-sha256$i=1200000$salt$hash';
const LOGINS = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
const hasher = { hash: async () => 'own', verify: async () => false, needsRehash: () => false };

/** Decoys of users who have these hashes, and a way to change them. */
async function decoysOf(hashes: readonly string[], secret = 'a-secret-of-at-least-32-bytes-00000') {
  const clock = createManualClock();
  const stored = { hashes, failWith: undefined as Error | undefined };
  const samplePasswordHashes = async () => {
    if (stored.failWith !== undefined) throw stored.failWith;
    return stored.hashes;
  };
  const users = { samplePasswordHashes };
  const decoyOf = await createDecoyHashes({ users, hasher, secrets: [secret], clock: clock.now });
  const all = () => Promise.all(LOGINS.map(decoyOf));
  return { stored, clock, decoyOf, all };
}

describe('createDecoyHashes', () => {
  it('gives each kind of hash the share of logins that it has of users', async () => {
    const { all } = await decoysOf([SLOW, OURS, OURS, SLOW, OURS, OURS, OURS, OURS, OURS, OURS]);
    const slow = (await all()).filter((hash) => hash === SLOW).length;
    expect(slow).toBeGreaterThan(150);
    expect(slow).toBeLessThan(250);
  });

  it('gives a login the same kind each time, in whatever order the sample came', async () => {
    const first = await decoysOf([SLOW, OURS, SLOW, OURS]);
    const replica = await decoysOf([OURS, OURS, SLOW, SLOW]);
    expect(await first.all()).toEqual(await first.all());
    expect(await replica.all()).toEqual(await first.all());
  });

  it('gives logins by a secret, so that nobody else can tell which kind one should get', async () => {
    const [one, other] = await Promise.all([
      decoysOf([OURS, SLOW]),
      decoysOf([OURS, SLOW], 'another-secret-of-at-least-32-bytes-0'),
    ]);
    const [ofOne, ofOther] = await Promise.all([one.all(), other.all()]);
    const alike = ofOne.filter((hash, index) => hash === ofOther[index]).length;
    expect(alike).toBeGreaterThan(400);
    expect(alike).toBeLessThan(600);
  });

  it('gives a hash that nobody has while nobody has a password', async () => {
    const { decoyOf } = await decoysOf([]);
    expect(await decoyOf('jane')).toBe('own');
  });

  it('takes a new sample each hour, and keeps the old one when that fails', async () => {
    const { stored, clock, decoyOf } = await decoysOf([OURS]);
    stored.hashes = [SLOW];
    clock.advanceSeconds(3599);
    await decoyOf('jane');
    expect(await decoyOf('jane')).toBe(OURS);
    clock.advanceSeconds(1);
    await decoyOf('jane');
    expect(await decoyOf('jane')).toBe(SLOW);
    stored.failWith = new Error('away');
    clock.advanceSeconds(3600);
    await decoyOf('jane');
    expect(await decoyOf('jane')).toBe(SLOW);
  });
});
