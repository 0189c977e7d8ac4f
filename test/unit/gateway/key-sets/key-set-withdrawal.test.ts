import { expect, it } from 'vitest';
import { createSteeredKeySet } from '../../../support/gateway/key-sets.ts';
import { testKey } from '../../../support/tokens/tokens.ts';

const first = await testKey('ES256', 'first');
const second = await testKey('ES256', 'second');

async function setUp() {
  const { clock, steered, client } = createSteeredKeySet([first.publicJwk, second.publicJwk]);
  await client.prefetch();
  return { clock, steered, client };
}

it('trusts a withdrawn key no more, at once and without a fetch, and the others as before', async () => {
  const { steered, client } = await setUp();
  const found = await client.find('first', 'ES256');
  if (found.kind !== 'found') throw new Error('the key is not there');
  expect(client.holds(found.key)).toBe(true);
  client.withdraw('first');
  expect(client.holds(found.key)).toBe(false);
  expect(client.find('first', 'ES256')).toEqual({ kind: 'unknown' });
  expect(client.find('second', 'ES256')).toMatchObject({ kind: 'found' });
  expect(steered.fetches).toBe(1);
});

it('does not take a withdrawn key back from a fetch that still publishes it', async () => {
  const { clock, steered, client } = await setUp();
  client.withdraw('first');
  clock.advanceSeconds(3600);
  expect(await client.find('second', 'ES256')).toMatchObject({ kind: 'found' });
  expect(steered.fetches).toBe(2);
  expect(await client.find('first', 'ES256')).toEqual({ kind: 'unknown' });
});

it('does not take a withdrawn key for a token that names none', async () => {
  const { client } = createSteeredKeySet([first.publicJwk]);
  client.withdraw('first');
  expect(await client.find(undefined, 'ES256')).toEqual({ kind: 'unknown' });
});
