import { SESSION_LIMITS } from '../../support/core/session-limits.ts';

/** What a session is by the rules of refreshing, and nothing of how they are held. Times are seconds. */
export interface RuledSession {
  readonly state: 'active' | 'revoked' | 'compromised';
  /** The counter of the good token. */
  readonly counter: number;
  readonly graceUses: number;
  readonly sinceRotation: number;
  readonly sinceSeen: number;
  readonly age: number;
}

/** What is done to a session: a token of it is presented, or its user ends it. */
export type Act = { readonly kind: 'refresh'; readonly counter: number } | { readonly kind: 'revoke' };

/** What comes of an act. */
export type Outcome = 'successor' | 'refused' | 'ended' | 'not_found';

const GRACE_SECONDS = 30;
const GRACE_USES = 10;

/** A session that has just begun. */
export const BEGUN: RuledSession = {
  state: 'active',
  counter: 0,
  graceUses: 0,
  sinceRotation: 0,
  sinceSeen: 0,
  age: 0,
};

/** What an act on a session comes to, and what the session is then. */
export function judge(session: RuledSession, act: Act): readonly [Outcome, RuledSession] {
  if (act.kind === 'revoke')
    return session.state === 'active' ? ['ended', { ...session, state: 'revoked' }] : ['not_found', session];
  const isOver =
    session.state !== 'active' ||
    session.age >= SESSION_LIMITS.bearerLifetimeSeconds ||
    session.sinceSeen > SESSION_LIMITS.bearerIdleSeconds;
  if (isOver) return ['refused', session];
  if (act.counter === session.counter) {
    const counter = session.counter + 1;
    return ['successor', { ...session, counter, graceUses: 0, sinceRotation: 0, sinceSeen: 0 }];
  }
  const isForgiven =
    act.counter === session.counter - 1 &&
    session.sinceRotation <= GRACE_SECONDS &&
    session.graceUses < GRACE_USES;
  return isForgiven
    ? ['successor', { ...session, graceUses: session.graceUses + 1 }]
    : ['refused', { ...session, state: 'compromised' }];
}

/** What acts one after another come to, and what the session is then. */
export function judgeAll(session: RuledSession, acts: readonly Act[]): readonly [Outcome[], RuledSession] {
  let now = session;
  const outcomes = acts.map((act) => {
    const [outcome, next] = judge(now, act);
    now = next;
    return outcome;
  });
  return [outcomes, now];
}

/** The session after some time. */
export function later(session: RuledSession, seconds: number): RuledSession {
  return {
    ...session,
    sinceRotation: session.sinceRotation + seconds,
    sinceSeen: session.sinceSeen + seconds,
    age: session.age + seconds,
  };
}
