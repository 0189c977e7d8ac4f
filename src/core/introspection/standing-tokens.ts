import { actingClients } from '../../identity/acting-clients.ts';
import { knownRevocations } from '../../identity/known-revocations.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Clock } from '../../lib/durations.ts';
import { createRecentMemory } from '../../lib/recent-memory.ts';
import type { Soon } from '../../lib/soon.ts';
import type { ClientStore } from '../clients/client-store.ts';
import type { SubjectFacts, SubjectStanding } from '../exchange/subject-standing.ts';
import type { IdleLimits } from '../sessions/session-limits.ts';
import type { TokenAuthentication } from './token-authentication.ts';

/**
 * Tells whether an access token of our own core and what it stands on still stand: its session, its user and the clients that it came through, or its client. Answers at once where it is remembered.
 * Throws UnavailableError ('database').
 */
export type Stands = (principal: Principal) => Soon<boolean>;

/** How long an answer of the store is used while the memory of revocations is not current: a revocation is seen within a second. */
const UNSURE_MS = 1000;
const REMEMBERED_MAX = 10_000;

/** What the judgement works with. */
export interface StandsOptions {
  readonly subjectStanding: SubjectStanding;
  readonly clientStore: Pick<ClientStore, 'findActiveById'>;
  readonly limits: IdleLimits;
  readonly tokens: Pick<TokenAuthentication, 'revocationOf'>;
  readonly clock: Clock;
}

/** One question to the stores. Times are milliseconds. */
interface Question {
  readonly askedAt: number;
  readonly pending: Promise<boolean>;
  /** Until when the answer is yes as long as nothing is revoked; `undefined` while there is no answer. */
  standsUntil: number | undefined;
}

/**
 * Creates the judgement. The stores are asked once for each token, and a yes is then used for as long as the memory of revocations is current and does not list
 * the token, or for a second from the moment of asking where it is not current. So a slow question that ends after a revocation brings nothing back. What may change
 * without a revocation, a session that lies idle, is asked again when it could. A no is not remembered.
 */
export function createStands(options: StandsOptions): Stands {
  const { tokens, clock } = options;
  const questions = createRecentMemory<Question>(REMEMBERED_MAX);
  const findEnd = createFindEnd(options);

  function ask(principal: Principal, name: string, now: number): Promise<boolean> {
    const pending = findEnd(principal).then(
      (end) => {
        if (end !== undefined) question.standsUntil = end;
        else forget(name, question);
        return end !== undefined && tokens.revocationOf(principal) !== 'revoked';
      },
      (error: unknown) => {
        forget(name, question);
        throw error;
      },
    );
    const question: Question = { askedAt: now, pending, standsUntil: undefined };
    questions.set(name, question);
    return pending;
  }

  /** Unless another question about the same token was put meanwhile. */
  function forget(name: string, question: Question): void {
    if (questions.get(name) === question) questions.forget(name);
  }

  return (principal) => {
    const standing = tokens.revocationOf(principal);
    if (standing === 'revoked') return false;
    const name = String(principal.tokenId);
    const now = clock();
    const known = questions.get(name);
    if (known === undefined) return ask(principal, name, now);
    const isRecent = Math.abs(now - known.askedAt) < UNSURE_MS;
    if (known.standsUntil === undefined) return isRecent ? known.pending : ask(principal, name, now);
    const isUsable = now < known.standsUntil && (isRecent || standing === 'not_listed');
    return isUsable || ask(principal, name, now);
  };
}

/** Asks, with one statement, until when a token and its owner stand if nothing is revoked from now on; `undefined` where they do not. */
function createFindEnd({
  subjectStanding,
  clientStore,
  limits,
}: StandsOptions): (principal: Principal) => Promise<number | undefined> {
  return async (principal) => {
    const { kind, subject, roles, scopes, tokenId } = principal;
    if (kind === 'client') {
      const client = await clientStore.findActiveById(subject, tokenId);
      if (client === undefined) return undefined;
      // What was taken from the client was taken from its tokens.
      const hasAll = roles.every((role) => client.roles.includes(role));
      return hasAll && scopes.isSubsetOf(new Set(client.scopes)) ? Number.POSITIVE_INFINITY : undefined;
    }
    const session = await subjectStanding.findStanding(factsOf(principal), limits);
    if (session === undefined) return undefined;
    const { bearerIdleSeconds, cookieIdleSeconds } = limits;
    const idleSeconds = session.transport === 'bearer' ? bearerIdleSeconds : cookieIdleSeconds;
    return session.lastSeenAt.getTime() + 1000 * idleSeconds;
  };
}

/** What a user's access token of our own says in any case; of one that did not, nothing would be found. */
function factsOf(principal: Principal): SubjectFacts {
  const { subject: userId, sessionId = '', tokenId = '', issuedAt = 0, claims } = principal;
  const clientIds = actingClients(principal);
  return {
    sessionId,
    userId,
    tokenId,
    issuedAt: new Date(1000 * issuedAt),
    known: knownRevocations(claims),
    clientIds,
  };
}
