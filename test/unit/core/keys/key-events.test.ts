import { describe, expect, it } from 'vitest';
import type { AuditOrigin } from '../../../../src/core/audit/audit-log.ts';
import { generateSigningKey } from '../../../../src/core/keys/generate-signing-key.ts';
import { startKeyRotation } from '../../../../src/core/keys/key-rotation.ts';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import { createSigningKeys } from '../../../../src/core/keys/signing-keys.ts';
import { DAY_SECONDS, MINUTE_SECONDS } from '../../../../src/lib/durations.ts';
import type { LogFields } from '../../../../src/lib/log.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { createRecordingAuditLog } from '../../../support/core/recording-audit-log.ts';
import { createMemorySigningKeyStore } from '../../../support/memory-stores/memory-signing-key-store.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { createManualTimer } from '../../../support/time/manual-timer.ts';

const ADMINISTRATOR: AuditOrigin = { actor: { kind: 'user', id: 'usr_1' }, sessionId: 'ses_1' };
const box = createSecretBox(['a-secret-of-at-least-32-bytes-00000']);

/** Two processes on one store and one audit log, which look after the keys once a minute. */
async function startProcesses() {
  const clock = createManualClock();
  const timer = createManualTimer(clock);
  const store = createMemorySigningKeyStore(clock.now);
  const audit = createRecordingAuditLog();
  const warnings: (LogFields | undefined)[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: LogFields) => void warnings.push(fields) };
  let down = false;
  const answering: typeof store.change = (decide) =>
    down ? Promise.reject(new UnavailableError('database', 'down')) : store.change(decide);
  const createProcess = async () => {
    const options = { store: { ...store, change: answering }, box, algorithm: 'ES256', audit, log } as const;
    const keys = createSigningKeys({ ...options, clock: clock.now });
    await keys.publicKeySet();
    const stop = startKeyRotation({ keys, rotateAfterSeconds: 90 * DAY_SECONDS, timer: timer.timer, log });
    return { keys, stop };
  };
  const processes = [await createProcess(), await createProcess()] as const;
  /** What was recorded since the last look: what happened, to which key, by whom. */
  const happened = () =>
    audit.recorded.splice(0).map(({ type, target, actor }) => [type, target?.id, actor.kind]);
  const setDown = (value: boolean) => {
    down = value;
  };
  return { clock, timer, store, processes, happened, warnings, setDown };
}

describe('the life of signing keys', () => {
  it('goes on by itself, each step is told once whatever the number of processes, and no step is left out', async () => {
    const { timer, store, happened } = await startProcesses();
    const idOf = async (index: number) => (await store.list()).keys[index]?.id;
    const first = await idOf(0);
    expect(happened()).toEqual([['signing_key.generated', first, 'system']]);
    await timer.advanceSeconds(89 * DAY_SECONDS, DAY_SECONDS);
    expect(happened()).toEqual([]);
    await timer.advanceSeconds(DAY_SECONDS, DAY_SECONDS);
    const second = await idOf(1);
    expect(happened()).toEqual([['signing_key.generated', second, 'system']]);
    await timer.advanceSeconds(8 * MINUTE_SECONDS);
    expect(happened()).toEqual([['signing_key.rotated', second, 'system']]);
    await timer.advanceSeconds(25 * MINUTE_SECONDS);
    expect(happened()).toEqual([['signing_key.gone', first, 'system']]);
    expect((await store.list()).keys).toHaveLength(2);
  });

  it('is told with who did what, and what time did meanwhile is told of nobody', async () => {
    const { clock, store, processes, happened } = await startProcesses();
    const [{ keys }] = processes;
    await keys.change((changes) => changes.rotation(false), ADMINISTRATOR);
    const [first, second] = (await store.list()).keys.map(({ id }) => id);
    expect(happened().slice(1)).toEqual([['signing_key.generated', second, 'user']]);
    // No process looks while the next key takes over.
    clock.advanceSeconds(8 * MINUTE_SECONDS);
    const { changed } = await keys.change((changes) => changes.revocation(String(first)), ADMINISTRATOR);
    expect(changed).toBe(true);
    expect(happened()).toEqual([
      ['signing_key.revoked', first, 'user'],
      ['signing_key.rotated', second, 'system'],
    ]);
    await keys.change((changes) => changes.revocation(String(second)), ADMINISTRATOR);
    const third = (await store.list()).keys[2]?.id;
    expect(happened()).toEqual([
      ['signing_key.revoked', second, 'user'],
      ['signing_key.generated', third, 'user'],
      ['signing_key.rotated', third, 'user'],
    ]);
    const again = await keys.change((changes) => changes.revocation(String(second)), ADMINISTRATOR);
    expect(again.changed).toBe(false);
    expect(happened()).toEqual([]);
  });

  it('tells of a key from elsewhere that it was imported', async () => {
    const { processes, happened } = await startProcesses();
    const [{ keys }] = processes;
    const pair = await generateSigningKey('RS256', box);
    await keys.change((changes) => changes.addition(pair), ADMINISTRATOR, 'imported');
    expect(happened().at(-1)).toEqual(['signing_key.imported', pair.id, 'user']);
  });

  it('tells nothing of keys from before there were notes, and notes them', async () => {
    const { timer, store, happened } = await startProcesses();
    happened();
    store.replace((await store.list()).keys.map((key) => ({ ...key, notedPhase: undefined })));
    await timer.advanceSeconds(MINUTE_SECONDS);
    expect((await store.list()).keys.map(({ notedPhase }) => notedPhase)).toEqual(['signing']);
    expect(happened()).toEqual([]);
  });

  it('goes on when the store was away for a while, and ends when it is stopped', async () => {
    const { timer, processes, happened, warnings, setDown } = await startProcesses();
    setDown(true);
    await timer.advanceSeconds(90 * DAY_SECONDS, DAY_SECONDS);
    expect(warnings.at(-1)).toEqual({ work: 'key_rotation', dependency: 'database' });
    happened();
    setDown(false);
    await timer.advanceSeconds(MINUTE_SECONDS);
    expect(happened()).toHaveLength(1);
    for (const { stop } of processes) await stop();
    expect(timer.waiting()).toBe(0);
  });
});
