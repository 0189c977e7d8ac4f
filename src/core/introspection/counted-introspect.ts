import type { OutcomeCounts } from '../../lib/outcome-counts.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { ActiveToken, Introspect } from './introspect.ts';

/**
 * Counts what introspection answers: `active`, `inactive` and `unavailable`, the first two with `_at_once` where nobody had to be asked. Does NOT count
 * bugs, which the log tells.
 */
export function createCountedIntrospect(introspect: Introspect, counts: OutcomeCounts): Introspect {
  const countFailure = (error: unknown): never => {
    if (error instanceof UnavailableError) counts.add('unavailable');
    throw error;
  };
  const counted = (active: ActiveToken | undefined, suffix: '' | '_at_once') => {
    counts.add(`${active === undefined ? 'inactive' : 'active'}${suffix}`);
    return active;
  };

  return (token, caller) => {
    try {
      const answer = introspect(token, caller);
      if (!(answer instanceof Promise)) return counted(answer, '_at_once');
      return answer.then((active) => counted(active, ''), countFailure);
    } catch (error) {
      return countFailure(error);
    }
  };
}
