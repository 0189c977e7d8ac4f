import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRevocationIndex } from '../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../src/identity/ids.ts';
import type { Group } from './groups.ts';
import type { Scene } from './scene.ts';
import { QUESTION } from './wardgate.ts';

const [FEW, MANY] = [10, 1_000_000];

/** The decision path with ten and with a million sessions that were revoked; says besides how much memory the million take. */
export async function revocationsGroup(scene: Scene): Promise<Group> {
  const headers = { ...QUESTION.headers, authorization: `Bearer ${scene.token}` };
  const load = { path: QUESTION.path, headers };
  const [few, many] = ['Wardgate with 10 revoked ids', 'Wardgate with 1,000,000 revoked ids'];
  const contenders = [
    { name: few, port: await scene.startWardgate(10, FEW), load },
    { name: many, port: await scene.startWardgate(10, MANY), load },
  ];
  console.log(`  index of 1,000,000 revoked ids: ${((await measureMemory(MANY)) / 1e6).toFixed(1)} MB`);
  const name = 'decision, 1,000,000 revoked ids';
  return { name, contenders, comparisons: [{ name, ours: many, baseline: few, target: 0.95 }] };
}

/** The bytes that an index of that many entries takes, on the heap and beside it. */
async function measureMemory(count: number): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const index = createRevocationIndex({ elapsed: () => performance.now(), rememberSeconds: 900 });
  const usedNow = async () => {
    // What is collected is given back a moment later.
    for (let turn = 0; turn < 3; turn += 1) {
      collect();
      await pause(100);
    }
    return usedBytes();
  };
  const before = await usedNow();
  for (let added = 0; added < count; added += 1)
    index.add({ kind: 'session', id: createId('session'), revokedAtMs: 0 });
  const used = (await usedNow()) - before;
  if (index.size() !== count) throw new Error('the index lost entries');
  return used;
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
