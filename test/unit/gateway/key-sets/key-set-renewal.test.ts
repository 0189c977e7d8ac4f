import { describe, expect, it } from 'vitest';
import { createSteeredKeySet } from '../../../support/gateway/key-sets.ts';
import { testKey } from '../../../support/tokens/tokens.ts';

const first = await testKey('ES256', 'first');
const second = await testKey('ES256', 'second');

async function setUp() {
  const { clock, steered, client } = createSteeredKeySet([first.publicJwk]);
  const kindOf = async (kid: string) => (await client.find(kid, 'ES256')).kind;
  const before = await client.find('first', 'ES256');
  if (before.kind !== 'found') throw new Error('the first key is in the set');
  return { clock, steered, client, kindOf, key: before.key };
}

describe('renewing a key set', () => {
  it('takes a withdrawn key away from the very next look, and the others wait for the new set', async () => {
    const { steered, client, kindOf, key } = await setUp();
    steered.keys = [second.publicJwk];
    const renewed = client.renew();
    expect(client.holds(key)).toBe(false);
    expect(await kindOf('first')).toBe('unknown');
    await renewed;
    expect(await kindOf('second')).toBe('found');
    expect(steered.fetches).toBe(2);
  });

  it('throws away what a fetch that began before brings, also for those who wait for it', async () => {
    const { clock, steered, client, kindOf, key } = await setUp();
    const held = Promise.withResolvers<void>();
    clock.advanceSeconds(11 * 60);
    steered.hold = held.promise;
    const waiting = kindOf('first');
    steered.hold = undefined;
    steered.keys = [second.publicJwk];
    await client.renew();
    held.resolve();
    expect(await waiting).toBe('unknown');
    expect(client.holds(key)).toBe(false);
  });

  it('asks at once, also shortly after a failure', async () => {
    const { clock, steered, client, kindOf } = await setUp();
    steered.down = true;
    clock.advanceSeconds(11 * 60);
    await kindOf('first');
    steered.down = false;
    steered.keys = [second.publicJwk];
    await client.renew();
    expect(client.state()).toEqual({ kind: 'fresh', keyCount: 1, failures: 0 });
    expect(await kindOf('first')).toBe('unknown');
  });

  it('lets the kept keys serve on when the issuer does not answer, and asks again', async () => {
    const { clock, steered, client, kindOf } = await setUp();
    steered.down = true;
    await client.renew();
    expect(await kindOf('first')).toBe('found');
    expect(client.state()).toMatchObject({ kind: 'stale', failures: 1 });
    steered.down = false;
    steered.keys = [second.publicJwk];
    clock.advanceSeconds(1);
    await kindOf('first');
    await expect.poll(() => kindOf('first')).toBe('unknown');
  });
});
