import { expect, it } from 'vitest';
import { generateSigningKey, sealPurpose } from '../../../../src/core/keys/generate-signing-key.ts';
import { resealKeys } from '../../../../src/core/keys/reseal-keys.ts';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import { refreshKeySealPurpose } from '../../../../src/core/sessions/refresh-keys.ts';
import { createId } from '../../../../src/identity/ids.ts';
import { createRecordingAuditLog } from '../../../support/core/recording-audit-log.ts';
import { createMemoryRefreshKeyStore } from '../../../support/memory-stores/memory-refresh-key-store.ts';
import { createMemorySigningKeyStore } from '../../../support/memory-stores/memory-signing-key-store.ts';

const [NEW, OLD, LOST] = ['new', 'old', 'lost'].map((name) => name.padEnd(32, '-')) as [
  string,
  string,
  string,
];

async function setUp(sealedBy: readonly string[]) {
  const store = createMemorySigningKeyStore(() => 0);
  const refresh = createMemoryRefreshKeyStore(() => 0);
  const made = await Promise.all(
    sealedBy.map((secret) => generateSigningKey('ES256', createSecretBox([secret]))),
  );
  for (const key of made)
    await store.change(() => ({ add: { ...key, signsFrom: new Date(0), notedPhase: 'signing' }, times: [] }));
  const [refreshKey] = await refresh.addFirst(async () => {
    const id = createId('refresh_key');
    return { id, sealedKey: await createSecretBox([OLD]).seal('refresh', refreshKeySealPurpose(id)) };
  });
  const audit = createRecordingAuditLog();
  const by = { actor: { kind: 'command_line' } } as const;
  const reseal = () => resealKeys({ signing: store, refresh, box: createSecretBox([NEW, OLD]), audit }, by);
  return { store, refresh, refreshKeyId: refreshKey?.id ?? '', ids: made.map(({ id }) => id), audit, reseal };
}

it('seals every key with the first secret, names the one that cannot be opened, and says so in the audit log', async () => {
  const { store, refresh, refreshKeyId, ids, audit, reseal } = await setUp([OLD, LOST, NEW, OLD]);
  const outcome = { resealed: 3, unchanged: 1, unreadable: [ids[1]] };
  expect(await reseal()).toEqual(outcome);
  const box = createSecretBox([NEW]);
  for (const { id, sealedPrivateJwk } of (await store.list()).keys)
    if (id !== ids[1]) expect(await box.unseal(sealedPrivateJwk, sealPurpose(id))).toContain('"d"');
  const [refreshKey] = await refresh.list();
  const purpose = refreshKeySealPurpose(refreshKeyId);
  expect(await box.unseal(refreshKey?.sealedKey ?? '', purpose)).toBe('refresh');
  const actor = { kind: 'command_line' };
  expect(audit.recorded).toEqual([{ type: 'secrets.resealed', outcome: 'success', actor, details: outcome }]);
});

it('changes each key once where it runs twice at once', async () => {
  const { reseal } = await setUp([OLD, OLD]);
  const outcomes = await Promise.all([reseal(), reseal()]);
  expect(outcomes.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(3);
});
