import type { Principal } from '../../identity/principal.ts';
import { actingClients } from './acting-clients.ts';

/** Who is asked about: its session, or itself where it has none; and who acts for it, where somebody does. */
export interface AskedAbout extends Pick<Principal, 'sessionId' | 'subject'> {
  /** Each `cli_…`. */
  readonly actorIds: readonly string[];
}

/** Tells what to ask about a principal. A token for one upstream alone stands on the clients that act for its user too. */
export function askedAbout(principal: Principal): AskedAbout {
  const { sessionId, subject, audience } = principal;
  return { sessionId, subject, actorIds: audience === undefined ? [] : actingClients(principal) };
}

/** The name of a question: the same for all whom the same answer is about. */
export function questionName({ sessionId, subject, actorIds }: AskedAbout): string {
  return JSON.stringify([sessionId ?? subject, ...actorIds]);
}
