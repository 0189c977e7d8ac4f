import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateSigningKey, type SigningAlgorithm } from '../../../../src/core/keys/generate-signing-key.ts';
import type { PublicKeySet } from '../../../../src/core/keys/public-key-set.ts';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import type { SigningKeyStore, StoredSigningKey } from '../../../../src/core/keys/signing-key-store.ts';
import { createSigningKeys } from '../../../../src/core/keys/signing-keys.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createRecordingAuditLog } from '../../../support/core/recording-audit-log.ts';
import { createMemorySigningKeyStore } from '../../../support/memory-stores/memory-signing-key-store.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';

const SECRET = 'a-secret-of-at-least-32-bytes-00000';

function setUp(
  options: {
    secrets?: string[];
    algorithm?: SigningAlgorithm;
    wrap?: (store: SigningKeyStore) => SigningKeyStore;
  } = {},
) {
  const clock = createManualClock();
  const store = createMemorySigningKeyStore(clock.now);
  const errors: string[] = [];
  const log = { ...silentLog, error: (message: string) => errors.push(message) };
  const createKeys = (secrets = [SECRET]) =>
    createSigningKeys({
      store: options.wrap?.(store) ?? store,
      box: createSecretBox(secrets),
      algorithm: options.algorithm ?? 'ES256',
      audit: createRecordingAuditLog(),
      clock: clock.now,
      log,
    });
  return { clock, store, errors, createKeys };
}

async function makeKey(): Promise<StoredSigningKey> {
  const key = await generateSigningKey('ES256', createSecretBox([SECRET]));
  const times = { createdAt: new Date(0), signsFrom: new Date(0), publishedUntil: undefined };
  return { ...key, ...times, revokedAt: undefined, notedPhase: 'signing' };
}

const verifierOf = (keySet: PublicKeySet) => createLocalJWKSet({ keys: [...keySet.keys] });

const RSA_MEMBERS = ['alg', 'e', 'kid', 'kty', 'n', 'use'];
const EC_MEMBERS = ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'];
const OKP_MEMBERS = ['alg', 'crv', 'kid', 'kty', 'use', 'x'];

describe('createSigningKeys', () => {
  it.each([
    ['RS256', RSA_MEMBERS],
    ['ES256', EC_MEMBERS],
    ['EdDSA', OKP_MEMBERS],
  ] as const)(
    'signs with %s what its own key set verifies, and shows public members only',
    async (algorithm, members) => {
      const keys = setUp({ algorithm }).createKeys();
      const keySet = await keys.publicKeySet();
      const token = await keys.sign({ sub: 'usr_1' }, 'at+jwt');
      const verified = await jwtVerify(token, verifierOf(keySet), { typ: 'at+jwt' });
      expect(verified.payload.sub).toBe('usr_1');
      expect(verified.protectedHeader).toEqual({ alg: algorithm, kid: keySet.keys[0]?.kid, typ: 'at+jwt' });
      expect(keySet.keys.map((key) => Object.keys(key).sort())).toEqual([members]);
    },
  );

  it('makes one key when two processes start at once, and none later', async () => {
    const { store, createKeys } = setUp();
    const [one, other] = await Promise.all([createKeys().publicKeySet(), createKeys().publicKeySet()]);
    expect(one).toEqual(other);
    expect(await createKeys().publicKeySet()).toEqual(one);
    expect((await store.list()).keys).toHaveLength(1);
  });

  it('keeps the private part sealed at rest', async () => {
    const { store, createKeys } = setUp();
    await createKeys().publicKeySet();
    const [stored] = (await store.list()).keys;
    expect(stored?.sealedPrivateJwk).toMatch(/^v1\./);
    expect(JSON.parse(stored?.publicJwk ?? '')).not.toHaveProperty('d');
  });

  it('goes on signing beside a key that cannot be opened, which stays published', async () => {
    const { store, errors, createKeys } = setUp();
    await createKeys(['another-secret-of-32-bytes-000000000']).publicKeySet();
    const unreadable = (await store.list()).keys;
    const readable = await makeKey();
    store.replace([...unreadable, readable]);
    const keys = createKeys();
    const { protectedHeader } = await jwtVerify(
      await keys.sign({}, 't'),
      verifierOf(await keys.publicKeySet()),
    );
    expect(protectedHeader.kid).toBe(readable.id);
    expect((await keys.publicKeySet()).keys).toHaveLength(2);
    expect(errors).toEqual(['a signing key cannot be opened']);
  });

  it('leaves out a stored public key that is not one, and never shows a private member that stands there', async () => {
    const { store, errors, createKeys } = setUp();
    const key = await makeKey();
    const leaking = JSON.stringify({ ...JSON.parse(key.publicJwk), d: 'private', x5c: ['x'] });
    store.replace([
      { ...key, publicJwk: leaking },
      { ...key, id: 'key_2', publicJwk: '{"kty":"oct","k":"secret"}' },
      { ...key, id: 'key_3', publicJwk: 'not json' },
    ]);
    const { keys } = await createKeys().publicKeySet();
    expect(keys.map((shown) => Object.keys(shown).sort())).toEqual([EC_MEMBERS]);
    expect(errors).toEqual(['a stored public key cannot be read', 'a stored public key cannot be read']);
  });

  it('says clearly that no key can be opened', async () => {
    const { createKeys } = setUp();
    await createKeys().publicKeySet();
    await expect(createKeys(['another-secret-of-32-bytes-000000000']).sign({}, 't')).rejects.toThrow(
      'no signing key can be opened with the configured secrets',
    );
  });

  it('serves on with the keys in memory while the store is down, and sees a new key within a minute', async () => {
    let down = false;
    const failing = () => Promise.reject(new UnavailableError('database', 'down'));
    const wrap = (store: SigningKeyStore): SigningKeyStore => ({
      ...store,
      list: () => (down ? failing() : store.list()),
    });
    const { clock, store, createKeys } = setUp({ wrap });
    const keys = createKeys();
    await keys.publicKeySet();
    const added = await makeKey();
    store.replace([...(await store.list()).keys, added]);
    down = true;
    clock.advanceSeconds(60);
    expect((await keys.publicKeySet()).keys).toHaveLength(1);
    down = false;
    clock.advanceSeconds(60);
    expect((await keys.publicKeySet()).keys).toHaveLength(2);
  });

  it('throws UnavailableError while the store is down and nothing was read yet, and recovers', async () => {
    let down = true;
    const wrap = (store: SigningKeyStore): SigningKeyStore => ({
      ...store,
      change: (decide) =>
        down ? Promise.reject(new UnavailableError('database', 'down')) : store.change(decide),
    });
    const keys = setUp({ wrap }).createKeys();
    await expect(keys.publicKeySet()).rejects.toThrow(UnavailableError);
    down = false;
    expect((await keys.publicKeySet()).keys).toHaveLength(1);
  });
});
