import { actingClients } from '../../identity/acting-clients.ts';
import type { Principal } from '../../identity/principal.ts';
import { type ToldOfUser, toldOfUser } from '../../identity/told-of-user.ts';

/** Who is asked about: its session, or itself where it has none; its token, where it shows one; and who acts for it, where somebody does. */
export interface AskedAbout extends Pick<Principal, 'sessionId' | 'subject' | 'tokenId'> {
  /** Each `cli_…`. */
  readonly actorIds: readonly string[];
  /** What its user is to have still; of clients, and where nobody in particular is asked about, nothing. */
  readonly told?: ToldOfUser | undefined;
}

/** Tells what to ask about a principal. A token for one upstream alone stands on the clients that act for its user too. */
export function askedAbout(principal: Principal): AskedAbout {
  const { kind, sessionId, subject, tokenId, audience } = principal;
  const actorIds = audience === undefined ? [] : actingClients(principal);
  return { sessionId, subject, tokenId, actorIds, told: kind === 'user' ? toldOfUser(principal) : undefined };
}

/**
 * The name of a question: the same for all whom the same answer is about. A token may be revoked alone, so what is told of one says nothing of the others of its session; nor does
 * what is told of a browser session that was looked up before its user lost a role say anything of the same one afterwards.
 */
export function questionName({ sessionId, subject, tokenId, actorIds, told }: AskedAbout): string {
  return JSON.stringify([sessionId ?? subject, tokenId, told, ...actorIds]);
}
