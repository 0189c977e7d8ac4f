import { createId } from '../../identity/ids.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { MachineLookup } from '../machine-lookup.ts';
import type { RememberedAnswersOptions } from '../remembered-answers.ts';
import type { SessionLookup } from '../session-lookup.ts';
import { type AskedAbout, askedAbout } from './asked-about.ts';
import type { RevocationFeed } from './revocation-feed.ts';
import { createSilenceQuestions } from './silence-questions.ts';
import type { Standing, StandingCheck } from './standing.ts';

/** What the check works with. */
export interface StandingCheckOptions extends RememberedAnswersOptions {
  readonly feed: RevocationFeed;
  readonly refresh?: StandingCheck['refresh'];
  readonly sessions: Pick<SessionLookup, 'isActive'>;
  readonly machines: Pick<MachineLookup, 'isActive'>;
}

const STANDS: Standing = { kind: 'stands' };
const REVOKED: Standing = { kind: 'revoked' };

/**
 * Creates the check. A credential may be good while its session has ended, so what is remembered of credentials is held against the index each time, and
 * again after each wait: a question that was put before the end is answered too late. Principals of other issuers are unknown to our core.
 */
export function createStandingCheck(options: StandingCheckOptions): StandingCheck {
  const { feed, sessions, machines } = options;
  const askNow = async ({ sessionId, subject, tokenId, actorIds, told }: AskedAbout): Promise<Standing> =>
    standingOf([
      sessionId === undefined
        ? machines.isActive(subject, tokenId)
        : sessions.isActive(sessionId, tokenId, told),
      ...actorIds.map((id) => machines.isActive(id)),
    ]);
  const askInSilence = createSilenceQuestions(options, askNow);
  const unlessRevokedSince = (principal: Principal, standing: Standing) =>
    feed.index.isRevoked(principal) ? REVOKED : standing;

  async function ask(principal: Principal): Promise<Standing> {
    const standing = unlessRevokedSince(principal, await askInSilence(askedAbout(principal)));
    if (standing.kind !== 'unavailable' || !feed.isInGrace()) return standing;
    feed.noteUnheard();
    return STANDS;
  }

  return {
    ...(options.refresh && { refresh: options.refresh }),
    check(principal, live) {
      if (principal.issuerId !== CORE_ISSUER_ID) return STANDS;
      if (feed.index.isRevoked(principal)) return REVOKED;
      if (live)
        return askNow(askedAbout(principal)).then((standing) => unlessRevokedSince(principal, standing));
      // What a look-up told is a second old at most.
      const isHeard = principal.authenticatedBy !== 'access_token' || feed.freshness() === 'current';
      return isHeard ? STANDS : ask(principal);
    },
    // A session that nobody has: any answer tells that there is one.
    probe: async () =>
      askInSilence({ sessionId: createId('session'), subject: '', tokenId: undefined, actorIds: [] }),
  };
}

/** One "no" suffices, whatever else could not be told. A core that could not tell is an answer; any other error is a bug and passes through. */
async function standingOf(areActive: readonly Promise<boolean>[]): Promise<Standing> {
  const told = await Promise.allSettled(areActive);
  if (told.some((one) => one.status === 'fulfilled' && !one.value)) return REVOKED;
  const failed = told.find((one) => one.status === 'rejected');
  if (failed === undefined) return STANDS;
  const { reason: error } = failed;
  if (error instanceof UnavailableError) return { kind: 'unavailable', dependency: error.dependency };
  throw error;
}
