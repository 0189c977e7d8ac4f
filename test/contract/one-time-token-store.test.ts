import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresOneTimeTokenStore } from '../../src/adapters/postgres/one-time-token-store-postgres.ts';
import { createPostgresUserStore } from '../../src/adapters/postgres/user-store-postgres.ts';
import { createOneTimeToken, hashOneTimeToken } from '../../src/core/links/one-time-token.ts';
import type {
  NewOneTimeToken,
  OneTimePurpose,
  OneTimeTokenStore,
} from '../../src/core/links/one-time-token-store.ts';
import { createId } from '../../src/identity/ids.ts';
import { createMemoryOneTimeTokenStore } from '../support/memory-stores/memory-one-time-token-store.ts';
import { createManualClock } from '../support/memory-stores/memory-stores.ts';
import { createTestDatabase } from '../support/postgres/database.ts';
import { addUser, randomTokenHash } from './stores-under-test.ts';

interface TokensUnderTest {
  readonly tokens: OneTimeTokenStore;
  addUserId(): Promise<string>;
  advanceSeconds(seconds: number): Promise<void>;
  discard(): Promise<void>;
}

async function createMemory(): Promise<TokensUnderTest> {
  const clock = createManualClock();
  return {
    tokens: createMemoryOneTimeTokenStore(clock.now),
    addUserId: async () => createId('user'),
    advanceSeconds: async (seconds) => clock.advanceSeconds(seconds),
    discard: async () => {},
  };
}

async function createPostgres(): Promise<TokensUnderTest> {
  const { database, drop } = await createTestDatabase();
  const users = createPostgresUserStore(database);
  return {
    tokens: createPostgresOneTimeTokenStore(database),
    addUserId: async () => (await addUser(users)).id,
    // The database's clock is the machine's: what is stored moves into the past instead.
    advanceSeconds: async (seconds) => {
      await database.sql`update one_time_tokens set expires_at = expires_at - make_interval(secs => ${seconds})`;
    },
    discard: drop,
  };
}

const RESET: OneTimePurpose = 'password_reset';
const VERIFY: OneTimePurpose = 'email_verification';

describe.each([
  ['memory', createMemory],
  ['postgres', createPostgres],
] as const)('one-time token store (%s)', (_kind, create) => {
  let started: TokensUnderTest;
  let tokens: OneTimeTokenStore;
  let userId: string;
  beforeAll(async () => {
    started = await create();
    tokens = started.tokens;
  });
  beforeEach(async () => {
    userId = await started.addUserId();
  });
  afterAll(() => started.discard());

  async function issue(differences: Partial<NewOneTimeToken> = {}): Promise<Uint8Array> {
    const tokenHash = randomTokenHash();
    const email = 'jo@clinic.test';
    await tokens.issue({ userId, purpose: RESET, email, tokenHash, lifetimeSeconds: 3600, ...differences });
    return differences.tokenHash ?? tokenHash;
  }

  it('finds a token without using it up, and redeems it once', async () => {
    const tokenHash = await hashOneTimeToken(createOneTimeToken());
    if (tokenHash === undefined) throw new Error('a token of ours was not taken for one');
    await issue({ tokenHash });
    const facts = { userId, email: 'jo@clinic.test' };
    expect(await tokens.find(tokenHash, RESET)).toEqual(facts);
    expect(await tokens.find(tokenHash, RESET)).toEqual(facts);
    expect(await tokens.redeem(tokenHash, RESET)).toEqual(facts);
    expect(await tokens.redeem(tokenHash, RESET)).toBeUndefined();
    expect(await tokens.find(tokenHash, RESET)).toBeUndefined();
  });

  it('tells one alone of twenty that redeem at once', async () => {
    const tokenHash = await issue();
    const told = await Promise.all(Array.from({ length: 20 }, () => tokens.redeem(tokenHash, RESET)));
    expect(told.filter((facts) => facts !== undefined)).toEqual([{ userId, email: 'jo@clinic.test' }]);
  });

  it('takes a token for its own purpose alone, and a wrong one does not use it up', async () => {
    const tokenHash = await issue({ purpose: VERIFY });
    expect(await tokens.find(tokenHash, RESET)).toBeUndefined();
    expect(await tokens.redeem(tokenHash, RESET)).toBeUndefined();
    expect(await tokens.redeem(tokenHash, VERIFY)).toBeDefined();
  });

  it('puts a token in the place of the earlier one of its purpose, with its own address and lifetime', async () => {
    const verification = await issue({ purpose: VERIFY });
    const earlier = await issue({ lifetimeSeconds: 60 });
    const later = await issue({ email: 'other@clinic.test', lifetimeSeconds: 600 });
    expect(await tokens.redeem(earlier, RESET)).toBeUndefined();
    await started.advanceSeconds(120);
    expect(await tokens.redeem(later, RESET)).toEqual({ userId, email: 'other@clinic.test' });
    expect(await tokens.find(verification, VERIFY)).toBeDefined();
  });

  it('keeps the last of twenty that are issued at once, and no other', async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, () => issue()));
    const good = await Promise.all(hashes.map((tokenHash) => tokens.find(tokenHash, RESET)));
    expect(good.filter((facts) => facts !== undefined)).toHaveLength(1);
  });

  it('knows a token no longer when its time has run out', async () => {
    const tokenHash = await issue({ lifetimeSeconds: 300 });
    await started.advanceSeconds(240);
    expect(await tokens.find(tokenHash, RESET)).toBeDefined();
    await started.advanceSeconds(61);
    expect(await tokens.find(tokenHash, RESET)).toBeUndefined();
    expect(await tokens.redeem(tokenHash, RESET)).toBeUndefined();
  });

  it('ends all tokens of a user and leaves those of others', async () => {
    const ended = [await issue(), await issue({ purpose: VERIFY })] as const;
    const change = await issue({ purpose: 'email_change' });
    const kept = await issue({ userId: await started.addUserId() });
    await tokens.revokeAll(userId);
    expect(await tokens.find(ended[0], RESET)).toBeUndefined();
    expect(await tokens.find(ended[1], VERIFY)).toBeUndefined();
    expect(await tokens.find(change, 'email_change')).toBeUndefined();
    expect(await tokens.find(kept, RESET)).toBeDefined();
  });

  it('finds nothing by an unknown hash, nor by one of another length', async () => {
    await issue();
    for (const tokenHash of [randomTokenHash(), new Uint8Array(), new Uint8Array(31)]) {
      expect(await tokens.find(tokenHash, RESET)).toBeUndefined();
      expect(await tokens.redeem(tokenHash, RESET)).toBeUndefined();
    }
  });
});
