import type { Result } from './result.ts';

/** How often what has happened, by names that are ours and few. */
export interface OutcomeCounts {
  add(outcome: string): void;
  /** Every outcome that there was, with its number since the start. */
  all(): ReadonlyMap<string, number>;
}

/** Creates counts of nothing yet. Does NOT bound the number of names: never count by what a client sends. */
export function createOutcomeCounts(): OutcomeCounts {
  const counts = new Map<string, number>();
  return {
    add(outcome) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    },
    all: () => counts,
  };
}

/** Does work and counts how it ends: `success`, `refused`, or `failed` where it throws. */
export async function countResult<Outcome extends Result<unknown, unknown>>(
  counts: OutcomeCounts,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    const outcome = await work();
    counts.add(outcome.ok ? 'success' : 'refused');
    return outcome;
  } catch (error) {
    counts.add('failed');
    throw error;
  }
}
