import type { Asked } from './asking.ts';
import type { Ending } from './ending.ts';
import type { Replica } from './replica.ts';

// A connection that is refused a moment before or after is part of the going and coming.
const AROUND_MS = 1_000;

/** What of the answers that good tokens got should not have been: all but 200, a documented 503, and no answer from a replica that was away. */
export function faultsIn(
  asked: readonly Asked[],
  replicas: readonly Pick<Replica, 'name' | 'absences'>[],
): readonly Asked[] {
  return asked.filter((one) => !isServed(one) && !isUnavailable(one) && !isAway(one, replicas));
}

/** What of the answers that the tokens of sessions got, up to their ends and beyond, should not have been: the same, and refusals before. */
export function faultsInEndings(
  endings: readonly Ending[],
  replicas: readonly Pick<Replica, 'name' | 'absences'>[],
): readonly Asked[] {
  return endings.flatMap(({ begunMs, asked }) =>
    faultsIn(
      asked.filter(({ status, doneMs }) => status !== 401 || doneMs < begunMs),
      replicas,
    ),
  );
}

/** Whether the request was served, whole. */
export function isServed({ status, failure }: Asked): boolean {
  return status === 200 && failure === undefined;
}

/** Whether the answer is the one that is documented for what nobody can tell right now. */
export function isUnavailable({ status, code, retryAfter, failure }: Asked): boolean {
  return (
    status === 503 && code === 'temporarily_unavailable' && failure === undefined && Number(retryAfter) > 0
  );
}

/** Whether no answer came because the replica was away: refused, or, where it was killed, broken off. */
function isAway(
  { place, status, failure, sentMs, doneMs }: Asked,
  replicas: readonly Pick<Replica, 'name' | 'absences'>[],
): boolean {
  if (failure === undefined) return false;
  const absences = replicas.find(({ name }) => name === place)?.absences ?? [];
  return absences.some(
    ({ fromMs, untilMs, how }) =>
      sentMs <= untilMs + AROUND_MS &&
      doneMs >= fromMs - AROUND_MS &&
      (status === undefined || how === 'SIGKILL'),
  );
}
