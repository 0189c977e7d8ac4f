import { describe, expect, it } from 'vitest';
import type { KeyFinding } from '../../../../src/gateway/key-sets/key-set-client.ts';
import { createSteeredKeySet } from '../../../support/gateway/key-sets.ts';
import { testKey } from '../../../support/tokens/tokens.ts';

const first = await testKey('ES256', 'first');
const second = await testKey('ES256', 'second');

async function setUp() {
  const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
  await client.prefetch();
  return { clock, steered, client };
}

const kindOf = async (finding: KeyFinding | Promise<KeyFinding>) => (await finding).kind;

describe('an unknown kid', () => {
  it('finds a key that the issuer has added since, for all who come with it at once', async () => {
    const { client, steered } = await setUp();
    steered.keys = [first.publicJwk, second.publicJwk];
    const kinds = await Promise.all(Array.from({ length: 50 }, () => kindOf(client.find('second', 'ES256'))));
    expect(new Set(kinds)).toEqual(new Set(['found']));
    expect(steered.fetches).toBe(2);
  });

  it('causes one fetch per cool-down, however many there are, while good ones are found at once', async () => {
    const { client, clock, steered } = await setUp();
    for (let number = 0; number < 10_000; number += 1) {
      expect(await kindOf(client.find(`random-${number}`, 'ES256'))).toBe('unknown');
      if (number % 100 === 0) expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    }
    expect(steered.fetches).toBe(2);
    clock.advanceSeconds(29.999);
    await client.find('again', 'ES256');
    expect(steered.fetches).toBe(2);
    clock.advanceSeconds(0.001);
    await client.find('again', 'ES256');
    expect(steered.fetches).toBe(3);
  });

  it('that was asked for in vain waits longer, so that one stale token does not use every turn', async () => {
    const { client, clock, steered } = await setUp();
    await client.find('stale', 'ES256');
    clock.advanceSeconds(31);
    expect(client.find('stale', 'ES256')).toEqual({ kind: 'unknown' });
    expect(await kindOf(client.find('other', 'ES256'))).toBe('unknown');
    expect(steered.fetches).toBe(3);
    clock.advanceSeconds(60);
    await client.find('stale', 'ES256');
    expect(steered.fetches).toBe(4);
  });

  it('joins a fetch that is under way for another reason', async () => {
    const { client, clock, steered } = await setUp();
    const gate = Promise.withResolvers<void>();
    steered.hold = gate.promise;
    steered.keys = [first.publicJwk, second.publicJwk];
    clock.advanceSeconds(9 * 60);
    expect(client.find('first', 'ES256')).toMatchObject({ kind: 'found' });
    const waiting = client.find('second', 'ES256');
    gate.resolve();
    expect(await kindOf(waiting)).toBe('found');
    expect(steered.fetches).toBe(2);
  });

  it('does not wait for a fetch that was lost', async () => {
    const { client, clock, steered } = await setUp();
    steered.hold = new Promise(() => {});
    void client.find('second', 'ES256');
    clock.advanceSeconds(30);
    steered.hold = undefined;
    steered.keys = [second.publicJwk];
    expect(await kindOf(client.find('second', 'ES256'))).toBe('found');
  });
});
