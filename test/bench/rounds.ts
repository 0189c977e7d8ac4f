import type { Load, SendLoad } from './load.ts';

/** One server under one load, or work of this process, which answers with its figure for so many seconds. */
export type Contender = { readonly name: string } & (
  | { readonly port: number; readonly load: Load }
  | { readonly work: (seconds: number) => Promise<number> }
);

/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  /** Before the first round of each contender, so that all are measured compiled. */
  readonly warmUpSeconds: number;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Measures contenders in alternating rounds after a warm-up each, and gives the median of requests a second by name. */
export async function measure(
  contenders: readonly Contender[],
  send: SendLoad,
  { rounds, seconds, warmUpSeconds }: Plan,
  afterRound: () => void,
): Promise<ReadonlyMap<string, number>> {
  const measured = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const tokensSent = new Map<string, number>();
  const one = async (contender: Contender, length: number) => {
    if ('work' in contender) return contender.work(length);
    const { name, port, load } = contender;
    const round = await send(port, load, length, tokensSent.get(name) ?? 0);
    tokensSent.set(name, (tokensSent.get(name) ?? 0) + round.requests);
    return round.perSecond;
  };
  for (const contender of contenders) await one(contender, warmUpSeconds);
  for (let round = 0; round < rounds; round += 1) {
    // The order turns, so that no one always follows the same neighbour.
    const turned = contenders.map((_, at) => contenders[(at + round) % contenders.length]);
    for (const contender of turned)
      if (contender !== undefined) measured.get(contender.name)?.push(await one(contender, seconds));
    afterRound();
  }
  return new Map([...measured].map(([name, values]) => [name, median(values)]));
}

/** Makes work of a task that so many workers do over and over; its figure is tasks a second. */
export function countWork(
  workers: number,
  task: (worker: number) => Promise<void>,
): (seconds: number) => Promise<number> {
  return async (seconds) => {
    const beganMs = performance.now();
    const untilMs = beganMs + seconds * 1000;
    let done = 0;
    const work = async (worker: number) => {
      while (performance.now() < untilMs) {
        await task(worker);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
    return (done * 1000) / (performance.now() - beganMs);
  };
}
