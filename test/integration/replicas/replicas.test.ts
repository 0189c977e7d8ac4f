import { afterAll, beforeAll, expect, it } from 'vitest';
import { endSessions, LIVE_PATH } from '../../support/replicas/ending.ts';
import { faultsIn } from '../../support/replicas/faults.ts';
import { figuresOf, lineOf } from '../../support/replicas/figures.ts';
import { type ReplicaSet, startReplicaSet } from '../../support/replicas/replica-set.ts';
import { beginSteadyLoad, type SteadyLoad } from '../../support/replicas/steady-load.ts';

let set: ReplicaSet;
let load: SteadyLoad;
beforeAll(async () => {
  set = await startReplicaSet();
  load = beginSteadyLoad({ ...set, logIns: await set.logIn(2) });
});
afterAll(async () => {
  await load?.stop();
  await set?.stop();
});

it('lets nothing through on live routes from the moment at which a core has said that the session ended', async () => {
  const sessions = await set.mint('doctor', 100);
  const endings = await endSessions(sessions, { ...set, path: LIVE_PATH });
  for (const { lagMs } of endings) expect([...lagMs.values()]).toEqual([0, 0, 0]);
});

it('serves who stands, whatever happens', () => {
  const times = load.asked.map(({ sentMs, doneMs }) => doneMs - sentMs);
  console.log(lineOf('the load', figuresOf(times)));
  expect(faultsIn(load.asked, [...set.cores, ...set.gateways])).toEqual([]);
});
