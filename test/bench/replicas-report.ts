import { endSessions } from '../support/replicas/ending.ts';
import { startReplicaSet } from '../support/replicas/replica-set.ts';
import { playScene } from '../support/replicas/scene.ts';
import { beginSteadyLoad } from '../support/replicas/steady-load.ts';

const SESSIONS = 2_000;
// Before the first that counts, so that every process runs compiled code.
const WARM_UP_SESSIONS = 100;
const AT_ONCE = 8;
const LOAD_PER_SECOND = 200;

/**
 * Ends two thousand sessions at two cores while three gateways serve a steady load, all of them processes of their own, and prints for how long each
 * gateway let the tokens of what had ended through, and what the load was answered meanwhile. Throws for answers that are not documented.
 */
export async function reportReplicas(): Promise<void> {
  const set = await startReplicaSet();
  try {
    const logIns = await set.logIn(2);
    const sessions = await set.mint('doctor', SESSIONS + WARM_UP_SESSIONS);
    const load = beginSteadyLoad({ ...set, logIns, perSecond: LOAD_PER_SECOND });
    await endSessions(sessions.slice(SESSIONS), set, { atOnce: AT_ONCE });
    const played = await playScene('replicas', { set, load }, () =>
      endSessions(sessions.slice(0, SESSIONS), set, { atOnce: AT_ONCE }),
    );
    await load.stop();
    for (const line of played.lines) console.log(`  ${line}`);
    if (played.faults.length > 0) throw new Error(`answers that are not documented: ${played.faults.length}`);
  } finally {
    await set.stop();
  }
}
