import { describe, expect, it } from 'vitest';
import type { KeyFinding } from '../../../../src/gateway/key-sets/key-set-client.ts';
import { createSteeredKeySet } from '../../../support/gateway/key-sets.ts';
import { testKey } from '../../../support/tokens/tokens.ts';

const first = await testKey('ES256', 'first');
const second = await testKey('ES256', 'second');

/** A client whose set holds the first key, already fetched. */
async function setUp() {
  const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
  await client.prefetch();
  return { clock, steered, client };
}

/** Lets work that is under way in the background finish. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const kindOf = async (finding: KeyFinding | Promise<KeyFinding>) => (await finding).kind;

describe('the first fetch', () => {
  it('is one for all requests that wait for it', async () => {
    const { steered, client } = createSteeredKeySet([first.publicJwk]);
    const kinds = await Promise.all(Array.from({ length: 100 }, () => kindOf(client.find('first', 'ES256'))));
    expect(new Set(kinds)).toEqual(new Set(['found']));
    expect(steered.fetches).toBe(1);
  });

  it('leaves the keys unavailable when it fails, and retries at growing distances however many ask', async () => {
    const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
    steered.down = true;
    for (let second = 0; second < 60; second += 1) {
      for (let request = 0; request < 100; request += 1)
        expect(await kindOf(client.find('first', 'ES256'))).toBe('unavailable');
      clock.advanceSeconds(1);
    }
    expect(steered.fetches).toBe(6);
    steered.down = false;
    clock.advanceSeconds(30);
    expect(await kindOf(client.find('first', 'ES256'))).toBe('found');
  });

  it('can be made ahead, after a failure not before the cool-down is over, and says by its state whether it went well', async () => {
    const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
    steered.down = true;
    await client.prefetch();
    expect(client.state()).toEqual({ kind: 'empty', keyCount: 0, failures: 1 });
    steered.down = false;
    await client.prefetch();
    expect(steered.fetches).toBe(1);
    clock.advanceSeconds(1);
    await client.prefetch();
    expect(client.state()).toEqual({ kind: 'fresh', keyCount: 1, failures: 0 });
  });
});

describe('a kept set', () => {
  it('answers at once', async () => {
    const { client } = await setUp();
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found', key: { keyId: 'first' } });
  });

  it('is fetched anew ahead of its expiry while requests go on at once', async () => {
    const { client, clock, steered } = await setUp();
    clock.advanceSeconds(8 * 60 - 0.001);
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    expect(steered.fetches).toBe(1);
    clock.advanceSeconds(0.001);
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    await settle();
    expect(steered.fetches).toBe(2);
  });

  it('is asked for again before it serves when nobody used it until it expired', async () => {
    const { client, clock, steered } = await setUp();
    steered.keys = [second.publicJwk];
    clock.advanceSeconds(11 * 60);
    expect(await kindOf(client.find('first', 'ES256'))).toBe('unknown');
    expect(await kindOf(client.find('second', 'ES256'))).toBe('found');
  });

  it.each([
    ['a lifetime above a day counts as a day', 10 * 86_400, 0.8 * 86_400],
    ['a lifetime below a minute counts as a minute', 0, 48],
    ['a lifetime between is taken', 3600, 2880],
  ])('%s', async (_name, maxAgeSeconds, refreshAfterSeconds) => {
    const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
    steered.maxAgeSeconds = maxAgeSeconds;
    await client.prefetch();
    clock.advanceSeconds(refreshAfterSeconds - 0.001);
    await client.find('first', 'ES256');
    expect(steered.fetches).toBe(1);
    clock.advanceSeconds(0.001);
    await client.find('first', 'ES256');
    expect(steered.fetches).toBe(2);
  });

  it('stops holding a key that the issuer withdrew, and keeps holding one that stayed', async () => {
    const { client, clock, steered } = await setUp();
    steered.keys = [first.publicJwk, second.publicJwk];
    const before = await client.find('first', 'ES256');
    clock.advanceSeconds(9 * 60);
    if (before.kind !== 'found') throw new Error('not found');
    expect(client.holds(before.key)).toBe(true);
    await settle();
    expect(client.holds(before.key)).toBe(true);
    steered.keys = [second.publicJwk];
    clock.advanceSeconds(9 * 60);
    client.holds(before.key);
    await settle();
    expect(client.holds(before.key)).toBe(false);
  });

  it('takes another key under the same name for another key', async () => {
    const { client, clock, steered } = await setUp();
    const before = await client.find('first', 'ES256');
    if (before.kind !== 'found') throw new Error('not found');
    steered.keys = [{ ...second.publicJwk, kid: 'first' }];
    clock.advanceSeconds(11 * 60);
    expect(client.holds(before.key)).toBe(false);
    await client.find('first', 'ES256');
    expect(client.holds(before.key)).toBe(false);
  });
});

describe('while the issuer is down', () => {
  it('serves stale keys at once for a day, and then none', async () => {
    const { client, clock, steered } = await setUp();
    steered.down = true;
    clock.advanceSeconds(11 * 60);
    expect(await kindOf(client.find('first', 'ES256'))).toBe('found');
    expect(client.state().kind).toBe('stale');
    clock.advanceSeconds(12 * 3600);
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    clock.advanceSeconds(12 * 3600);
    expect(await kindOf(client.find('first', 'ES256'))).toBe('unavailable');
  });

  it('spaces out its retries', async () => {
    const { client, clock, steered } = await setUp();
    steered.down = true;
    clock.advanceSeconds(11 * 60);
    await client.find('first', 'ES256');
    for (let second = 0; second < 60; second += 1) {
      for (let request = 0; request < 100; request += 1) await client.find('first', 'ES256');
      await settle();
      clock.advanceSeconds(1);
    }
    expect(steered.fetches).toBeLessThanOrEqual(8);
    steered.down = false;
    clock.advanceSeconds(30);
    await client.find('first', 'ES256');
    await settle();
    expect(client.state().kind).toBe('fresh');
  });

  it('cannot tell of an unknown kid', async () => {
    const { client, steered } = await setUp();
    steered.down = true;
    expect(await kindOf(client.find('other', 'ES256'))).toBe('unavailable');
    expect(await kindOf(client.find('another', 'ES256'))).toBe('unavailable');
    expect(steered.fetches).toBe(2);
  });
});
