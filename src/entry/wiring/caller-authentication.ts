import type { CallerAuthentication, CallerFinding } from '../../core/http/caller-authentication.ts';
import type { Authentication } from '../../gateway/authenticators/authenticator.ts';
import { authenticateWith } from '../../gateway/authenticators/authenticator-chain.ts';
import { extractCredential } from '../../gateway/credentials/extract-credential.ts';
import { CORE_ISSUER_ID } from '../../identity/principal.ts';
import type { Edge } from './wire-gateway.ts';

/**
 * Lets the core authenticate its own callers by the edge's means, so that a credential is read and verified in one way everywhere. The
 * edge comes as a function because it is wired after the core.
 */
export function createCallerAuthentication(edge: () => Edge): CallerAuthentication {
  return {
    async authenticateCaller(headers) {
      const { authenticators, extraction, standing } = edge();
      const finding = extractCredential([...headers].flat(), extraction);
      switch (finding.kind) {
        case 'none':
          return { kind: 'missing' };
        case 'malformed':
          return { kind: 'rejected' };
        case 'ambiguous':
          return { kind: 'ambiguous' };
        case 'found': {
          const { credential } = finding;
          const answer = await authenticateWith(authenticators, credential);
          return callerFinding(answer, credential.fromCookie, standing);
        }
      }
    },
  };
}

async function callerFinding(
  answer: Authentication,
  fromCookie: boolean,
  standing: Edge['standing'],
): Promise<CallerFinding> {
  switch (answer.kind) {
    case 'unavailable':
      return { kind: 'unavailable' };
    case 'not_applicable':
    case 'rejected':
      return { kind: 'rejected' };
    case 'authenticated': {
      const { kind, issuerId, subject, sessionId, audience } = answer.principal;
      // A service that acts for a user calls services: it changes no password and ends no session.
      if (audience !== undefined) return { kind: 'rejected' };
      if (kind !== 'user' || issuerId !== CORE_ISSUER_ID || sessionId === undefined)
        return { kind: 'rejected' };
      // The session may go on though the client was revoked that the token was issued to.
      switch ((await standing.check(answer.principal, false)).kind) {
        case 'revoked':
          return { kind: 'rejected' };
        case 'unavailable':
          return { kind: 'unavailable' };
        case 'stands':
          return { kind: 'caller', caller: { userId: subject, sessionId, fromCookie } };
      }
    }
  }
}
