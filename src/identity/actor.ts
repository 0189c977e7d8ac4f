import { isId } from './ids.ts';

/**
 * Who acts for the user of an exchanged token: a client of ours, and inside whoever acted before, if anybody did. Only the outermost acts; on those inside
 * the token stands too. @see RFC 8693, section 4.1
 */
export interface Actor {
  /** `cli_…` */
  readonly sub: string;
  readonly act?: Actor;
}

/** How many services one call may go through. A token grows with each, and a loop of services ends here. */
export const ACTORS_MAX = 5;

/** The clients of a claim `act`, who acts first. */
export function actorsOf(act: Actor | undefined): readonly string[] {
  return act === undefined ? [] : [act.sub, ...actorsOf(act.act)];
}

/** Tells whether a claim `act` is what our own core writes: clients alone, nothing besides, and not too many. */
export function isActor(value: unknown, left = ACTORS_MAX): value is Actor {
  if (typeof value !== 'object' || value === null || left === 0) return false;
  const { sub, act, ...rest } = value as Record<string, unknown>;
  if (typeof sub !== 'string' || !isId('client', sub) || Object.keys(rest).length > 0) return false;
  return act === undefined || isActor(act, left - 1);
}
