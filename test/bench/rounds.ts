import type { Load, SendLoad } from './load.ts';

/** One server under one load. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly load: Load;
}

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
  const one = async ({ name, port, load }: Contender, length: number) => {
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
