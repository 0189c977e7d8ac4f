import type { Asked, Credential } from './asking.ts';
import { type Ending, PATH } from './ending.ts';
import { faultsIn, faultsInEndings, isServed, isUnavailable } from './faults.ts';
import { figuresOf, lineOf } from './figures.ts';
import type { Replica } from './replica.ts';
import type { ReplicaSet } from './replica-set.ts';
import type { SteadyLoad } from './steady-load.ts';

/** What came of a scene. */
export interface Played {
  readonly endings: readonly Ending[];
  /** By gateway, the longest time for which the token of an ended session was let through. */
  readonly longestMs: ReadonlyMap<string, number>;
  /** The longest time for which the load waited for an answer: what the machine itself, which may be busy, held everything up. */
  readonly slowestMs: number;
  /** What the load was answered meanwhile. */
  readonly asked: readonly Asked[];
  readonly faults: readonly Asked[];
  /** The figures, a line each. */
  readonly lines: readonly string[];
}

/** Plays a scene in which sessions end, and sums up what was seen of it. */
export async function playScene(
  name: string,
  { set, load }: { readonly set: ReplicaSet; readonly load: SteadyLoad },
  play: () => Promise<readonly Ending[]>,
): Promise<Played> {
  const before = load.asked.length;
  const endings = await play();
  const asked = load.asked.slice(before);
  const replicas = [...set.cores, ...set.gateways];
  const faults = [...faultsIn(asked, replicas), ...faultsInEndings(endings, replicas)];
  const figures = set.gateways.flatMap(({ name: gateway }) => {
    const lags = endings.flatMap(({ lagMs }) => lagMs.get(gateway) ?? []);
    return lags.length === 0 ? [] : [[gateway, figuresOf(lags)] as const];
  });
  const lines = figures.map(([gateway, of]) =>
    lineOf(`${name}: let through at ${gateway} after the end`, of),
  );
  const longestMs = new Map(figures.map(([gateway, { max }]) => [gateway, max]));
  const slowestMs = Math.max(0, ...asked.map(({ sentMs, doneMs }) => doneMs - sentMs));
  const edges = new Set(set.gateways.map(({ name: gateway }) => gateway));
  lines.push(
    loadLine(
      `${name}: the load was served`,
      asked.filter(({ place }) => edges.has(place)),
    ),
    loadLine(
      `${name}: its tokens were refreshed`,
      asked.filter(({ place }) => !edges.has(place)),
    ),
  );
  return { endings, longestMs, slowestMs, asked, faults, lines };
}

function loadLine(what: string, asked: readonly Asked[]): string {
  const served = asked.filter(isServed);
  const times = figuresOf(served.map(({ sentMs, doneMs }) => doneMs - sentMs));
  const unavailable = asked.filter(isUnavailable).length;
  const others = asked.length - served.length - unavailable;
  return `${lineOf(what, times)}; 503: ${unavailable}; not answered: ${others}`;
}

/** Asks a gateway over and over until the answer is as wanted. */
export async function untilAnswered(
  asker: ReplicaSet['asker'],
  place: Pick<Replica, 'name' | 'origin'>,
  credential: Credential,
  isWanted: (asked: Asked) => boolean,
): Promise<void> {
  const untilMs = performance.now() + 40_000;
  for (;;) {
    const answer = await asker.ask({ place, path: PATH, ...credential });
    if (isWanted(answer)) return;
    if (performance.now() > untilMs) throw new Error(`${place.name} goes on answering ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
