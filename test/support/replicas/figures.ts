/** What a sample of times looks like, in milliseconds. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Sums a sample up. */
export function figuresOf(sample: readonly number[]): Figures {
  const sorted = sample.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Writes figures as a line. */
export function lineOf(name: string, { count, p50, p99, max }: Figures): string {
  const [middle, most, all] = [p50, p99, max].map((ms) => ms.toFixed(1));
  return `${name}: p50 ${middle} ms, p99 ${most} ms, max ${all} ms of ${count}`;
}
