/**
 * The rank-sum test of Mann, Whitney and Wilcoxon: how many standard deviations the ranks of one sample lie from where they would lie if both samples
 * came from one source. Outliers weigh no more than other values. Does NOT correct for ties.
 */
export function rankDeviation(left: readonly number[], right: readonly number[]): number {
  const [n, m] = [left.length, right.length];
  let wins = 0;
  for (const a of left) for (const b of right) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

/** The middle of a sample. */
export function median(sample: readonly number[]): number {
  const sorted = sample.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
