import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ending, endSessions, LIVE_PATH, PATH, watchEnding } from '../../support/replicas/ending.ts';
import { isServed, isUnavailable } from '../../support/replicas/faults.ts';
import type { MintedSession } from '../../support/replicas/minted-sessions.ts';
import type { Ending as HowToEnd } from '../../support/replicas/replica.ts';
import { GRACE_MS, type ReplicaSet, startReplicaSet } from '../../support/replicas/replica-set.ts';
import { type Played, playScene, untilAnswered } from '../../support/replicas/scene.ts';
import { beginSteadyLoad, type SteadyLoad } from '../../support/replicas/steady-load.ts';
import { REVOCABLE } from './revocable.ts';

/** Within which every gateway that hears revocations refuses what was revoked. */
const HEARD_MS = 1_000;
/** Within which a gateway leaves a core that it hears nothing from. */
const BEATS_MISSED_MS = 3_000;
/** Within which the others ask the core, and have their answer. */
const ASKED_MS = 10_000 + 3_000;
/** Within which gateways that cannot ask either stop serving by signature alone. */
const UNHEARD_MS = ASKED_MS + GRACE_MS;
// A busy machine ends fewer than the thousand in this time.
const MANY_MS = 15_000;

let set: ReplicaSet;
let load: SteadyLoad;
let standing: MintedSession;
const ended: Ending[] = [];

beforeAll(async () => {
  set = await startReplicaSet();
  load = beginSteadyLoad({ ...set, logIns: await set.logIn(2) });
  [standing] = (await set.mint('doctor', 1)) as [MintedSession];
});
afterAll(async () => {
  await load?.stop();
  await set?.stop();
});

/** Plays a scene under the load, and holds that nothing was answered that is not documented and nothing ended let through beyond the bound. */
async function hold(name: string, boundMs: number, play: () => Promise<readonly Ending[]>): Promise<Played> {
  const played = await playScene(name, { set, load }, play);
  ended.push(...played.endings);
  expect(played.faults).toEqual([]);
  for (const [gateway, ms] of played.longestMs)
    expect(ms, `${gateway}: ${played.lines.join('; ')}`).toBeLessThan(boundMs + played.slowestMs);
  return played;
}

/** The same, and prints the figures. */
async function scene(...scenery: Parameters<typeof hold>): Promise<Played> {
  const played = await hold(...scenery);
  for (const line of played.lines) console.log(line);
  return played;
}

const untilAll = (isWanted: typeof isServed) =>
  Promise.all(set.gateways.map((gateway) => untilAnswered(set.asker, gateway, standing, isWanted)));

it('refuses the tokens of a thousand ended sessions at every gateway within a second, and serves all others', async () => {
  const sessions = await set.mint('doctor', 1000);
  const untilMs = performance.now() + MANY_MS;
  const { endings, asked } = await scene('all is well', HEARD_MS, () =>
    endSessions(sessions, set, { isEnough: () => performance.now() > untilMs }),
  );
  expect(endings.length).toBeGreaterThan(50);
  expect(asked.filter(isUnavailable)).toEqual([]);
});

it('refuses them at once on live routes', async () => {
  const sessions = await set.mint('doctor', 30);
  const { longestMs } = await scene('live', HEARD_MS, () =>
    endSessions(sessions, { ...set, path: LIVE_PATH }),
  );
  for (const ms of longestMs.values()) expect(ms).toBeLessThanOrEqual(0);
});

it.each(Object.entries(REVOCABLE))(
  'refuses what stands on %s at every gateway once that is taken away',
  async (what, make) => {
    const { credential, end } = await make(set);
    await Promise.all(set.gateways.map((gateway) => untilAnswered(set.asker, gateway, credential, isServed)));
    await hold(what, HEARD_MS, async () => [await watchEnding(credential, set, end)]);
  },
);

it.each<[name: string, how: HowToEnd]>([
  ['core 1', 'SIGTERM'],
  ['core 2', 'SIGTERM'],
  ['gateway 1', 'SIGTERM'],
  ['gateway 2', 'SIGTERM'],
  ['gateway 3', 'SIGTERM'],
  ['core 1', 'SIGKILL'],
  ['gateway 1', 'SIGKILL'],
])('refuses them while %s is ended by %s and starts again', async (name, how) => {
  const sessions = await set.mint('doctor', 500);
  const others = set.gateways.filter((gateway) => gateway.name !== name);
  const { endings } = await scene(`${name} ended by ${how}`, ASKED_MS, async () => {
    let isBack = false;
    const places = { ...set, gateways: others, paceMs: 20 };
    const ending = endSessions(sessions, places, { isEnough: () => isBack });
    const replica = [...set.cores, ...set.gateways].find((one) => one.name === name);
    await replica?.end(how);
    await replica?.start();
    isBack = true;
    return ending;
  });
  // What ended while a gateway was away is let through by none, from its first answer on.
  const again = endings.flatMap(({ credential }) =>
    set.gateways.map((place) => set.asker.ask({ place, path: PATH, ...credential })),
  );
  expect((await Promise.all(again)).filter(isServed)).toEqual([]);
});

it('refuses them within seconds where nothing comes from one core any more, and hears the other', async () => {
  const [one, other] = set.gateways;
  // Whichever of the cores each follows, one of both gateways is cut off from it.
  const dark = [one?.links[0], other?.links[1]];
  const sessions = await set.mint('doctor', 8);
  await scene('one core dark', BEATS_MISSED_MS + HEARD_MS, async () => {
    for (const link of dark) link?.freeze('all');
    return endSessions(sessions, { ...set, paceMs: 100 }, { atOnce: 8 });
  });
  for (const link of dark) link?.thaw();
});

it('refuses them after the silence that is allowed where links break, or nothing comes through them any more', async () => {
  const [reset, halfOpen, dark] = set.gateways;
  const sessions = await set.mint('doctor', 6);
  await scene('links cut', UNHEARD_MS, async () => {
    for (const link of reset?.links ?? []) await link.cut('reset');
    for (const link of halfOpen?.links ?? []) link.freeze('open');
    for (const link of dark?.links ?? []) link.freeze('all');
    const ending = endSessions(sessions, { ...set, paceMs: 100 }, { atOnce: 6 });
    // Served by signature for the grace, and then by nothing.
    for (const gateway of [reset, dark])
      if (gateway !== undefined) await untilAnswered(set.asker, gateway, standing, isUnavailable);
    for (const link of reset?.links ?? []) await link.mend();
    for (const link of [...(halfOpen?.links ?? []), ...(dark?.links ?? [])]) link.thaw();
    await untilAll(isServed);
    return ending;
  });
});

it('serves by signature for the grace while Postgres is away, then answers 503, and refuses what ends when it is back', async () => {
  const sessions = await set.mint('doctor', 20);
  await scene('Postgres stopped', ASKED_MS, async () => {
    await set.postgres.stop();
    await untilAll(isUnavailable);
    await set.postgres.restart();
    await untilAll(isServed);
    return endSessions(sessions, set);
  });
});

it('has refused them for good', async () => {
  for (const { credential } of ended.filter((_, index) => index % 10 === 0))
    await Promise.all(
      set.gateways.map((gateway) =>
        untilAnswered(set.asker, gateway, credential, (answer) => {
          expect(answer.status).toBe(401);
          return true;
        }),
      ),
    );
});
