import { countsFrom, type SubjectStanding } from '../../../src/core/exchange/subject-standing.ts';
import type { RevocationLog } from '../../../src/core/revocation/revocation-log.ts';
import type { SessionStore } from '../../../src/core/sessions/session-store.ts';

/** Creates the look at users' tokens on stores in memory. */
export function createMemorySubjectStanding(sessions: SessionStore, log: RevocationLog): SubjectStanding {
  return {
    async findStanding(subject, idle) {
      const { sessionId, userId, tokenId, clientIds } = subject;
      const session = await sessions.findActiveById(sessionId, idle);
      if (session?.userId !== userId) return undefined;
      const dated = [userId, ...clientIds];
      const { revocations } = await log.read(undefined);
      const isRevoked = revocations.some(
        ({ id, revokedAtMs }) =>
          id === tokenId || (dated.includes(id) && revokedAtMs >= countsFrom(subject, id).getTime()),
      );
      const { createdAt, expiresAt, acr, amr, transport, lastSeenAt } = session;
      return isRevoked ? undefined : { createdAt, expiresAt, acr, amr, transport, lastSeenAt };
    },
  };
}
