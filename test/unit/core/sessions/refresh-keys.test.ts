import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import type { RefreshKeyStore } from '../../../../src/core/sessions/refresh-key-store.ts';
import { createRefreshKeys, RefreshKeyError } from '../../../../src/core/sessions/refresh-keys.ts';
import { readRefreshToken, writeRefreshToken } from '../../../../src/core/sessions/refresh-token.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createMemoryRefreshKeyStore } from '../../../support/memory-stores/memory-refresh-key-store.ts';

const SECRET = 'a-secret-of-at-least-32-bytes-00000';
const OTHER_SECRET = 'another-secret-of-at-least-32-bytes';

const keysOn = (store: RefreshKeyStore, ...secrets: string[]) =>
  createRefreshKeys({ store, box: createSecretBox(secrets), log: silentLog });

describe('the refresh keys', () => {
  it('are the same for two processes on one store', async () => {
    const store = createMemoryRefreshKeyStore(Date.now);
    const content = { sessionId: createId('session'), counter: 3 };
    const token = await writeRefreshToken(await keysOn(store, SECRET).writingKey(), content);
    expect(await readRefreshToken(await keysOn(store, SECRET).readingKeys(), token)).toEqual(content);
  });

  it('are asked of the store once', async () => {
    const store = createMemoryRefreshKeyStore(Date.now);
    let asked = 0;
    const keys = keysOn(
      {
        ...store,
        addFirst: (make) => {
          asked += 1;
          return store.addFirst(make);
        },
      },
      SECRET,
    );
    await Promise.all([keys.writingKey(), keys.readingKeys(), keys.readingKeys()]);
    await keys.writingKey();
    expect(asked).toBe(1);
  });

  it('tell that the store is down, and are there once it is back', async () => {
    const store = createMemoryRefreshKeyStore(Date.now);
    let isDown = true;
    const down = new UnavailableError('database', 'down');
    const keys = keysOn(
      { ...store, addFirst: (make) => (isDown ? Promise.reject(down) : store.addFirst(make)) },
      SECRET,
    );
    await expect(keys.readingKeys()).rejects.toBe(down);
    isDown = false;
    expect(await keys.readingKeys()).toHaveLength(1);
  });

  it('that cannot be opened read nothing and write nothing', async () => {
    const store = createMemoryRefreshKeyStore(Date.now);
    await keysOn(store, SECRET).writingKey();
    const keys = keysOn(store, OTHER_SECRET);
    expect(await keys.readingKeys()).toEqual([]);
    await expect(keys.writingKey()).rejects.toThrow(RefreshKeyError);
    expect(await keysOn(store, OTHER_SECRET, SECRET).readingKeys()).toHaveLength(1);
  });
});
