import type {
  RevocationStanding,
  TokenAuthentication,
  TokenFinding,
} from '../../core/introspection/token-authentication.ts';
import type { TokenKind } from '../../core/introspection/token-kind.ts';
import type { Authentication } from '../../gateway/authenticators/authenticator.ts';
import { authenticateWith } from '../../gateway/authenticators/authenticator-chain.ts';
import type { Credential } from '../../gateway/credentials/credential.ts';
import type { RevocationFeed } from '../../gateway/revocation/revocation-feed.ts';
import { whenThere } from '../../lib/soon.ts';
import { nodeFingerprint } from './node-edge-parts.ts';
import type { Edge } from './wire-gateway.ts';

/**
 * Lets the core judge tokens that others ask about by the edge's means, and shares what the edge remembers. The edge comes as a function because it is wired after
 * the core, and because a reload of the policy puts another one there.
 */
export function createTokenAuthentication(
  edge: () => Pick<Edge, 'authenticators'>,
  revocations: Pick<RevocationFeed, 'index' | 'freshness'>,
): TokenAuthentication {
  return {
    authenticateToken: (token, kind) =>
      whenThere(authenticateWith(edge().authenticators, credentialOf(token, kind)), findingOf),
    revocationOf(principal): RevocationStanding {
      if (revocations.index.isRevoked(principal)) return 'revoked';
      return revocations.freshness() === 'current' ? 'not_listed' : 'not_current';
    },
    fingerprint: nodeFingerprint,
  };
}

function credentialOf(token: string, kind: Exclude<TokenKind, 'refresh_token'>): Credential {
  switch (kind) {
    case 'access_token':
      return { kind, token, fromCookie: false };
    case 'session_token':
      return { kind, token, fromCookie: true };
    case 'api_key':
      return { kind, key: token, fromCookie: false };
  }
}

function findingOf(answer: Authentication): TokenFinding {
  switch (answer.kind) {
    case 'unavailable':
      return answer;
    case 'not_applicable':
    case 'rejected':
      return { kind: 'bad' };
    case 'authenticated':
      return { kind: 'good', principal: answer.principal };
  }
}
