import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import type { Clock } from '../../lib/durations.ts';
import { type Soon, whenThere } from '../../lib/soon.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { FindRefreshToken } from './find-refresh-token.ts';
import { type IntrospectionCaller, isMeantFor } from './is-meant-for.ts';
import type { Stands } from './standing-tokens.ts';
import type { TokenAuthentication } from './token-authentication.ts';
import { kindOfToken, type TokenKind } from './token-kind.ts';

/** A token that is active, and whose it is. */
export interface ActiveToken {
  readonly kind: TokenKind;
  readonly principal: Principal;
}

/**
 * Finds out about a token for a caller who was authenticated; `undefined` for everything that is not active for him. Answers at once, without a
 * question to anybody, where what is remembered suffices. Throws UnavailableError, or answers with a promise that does, when it cannot be told.
 */
export type Introspect = (token: string, caller: IntrospectionCaller) => Soon<ActiveToken | undefined>;

/** What introspection works with. */
export interface IntrospectOptions {
  readonly tokens: TokenAuthentication;
  readonly stands: Stands;
  readonly findRefreshToken: FindRefreshToken;
  readonly clock: Clock;
}

/**
 * Creates introspection. Access tokens are judged as at the edge, and then by whether what they stand on still stands; `exp` counts to the second, without the
 * edge's tolerance, because an answer that is active and expired contradicts itself. Asking about a session token or an API key counts as use, because a service asks
 * for a request that it was just sent; asking about an access token or a refresh token does NOT. A refresh token is active for its own client alone. Does NOT record each question for the
 * audit log: services ask for every request that they get, and the events that matter would drown; refused callers are recorded. @see RFC 7662
 */
export function createIntrospect(options: IntrospectOptions): Introspect {
  const { tokens, stands, findRefreshToken, clock } = options;

  function judge(kind: TokenKind, principal: Principal, caller: IntrospectionCaller) {
    if (clock() >= principal.expiresAt * 1000) return undefined;
    const active: ActiveToken = { kind, principal };
    if (principal.issuerId !== CORE_ISSUER_ID) return active;
    if (kind !== 'access_token') return tokens.revocationOf(principal) === 'revoked' ? undefined : active;
    if (!isMeantFor(principal, caller)) return undefined;
    return whenThere(stands(principal), (doesStand) => (doesStand ? active : undefined));
  }

  return (token, caller) => {
    const kind = kindOfToken(token);
    if (kind === undefined) return undefined;
    if (kind === 'refresh_token')
      return whenThere(findRefreshToken(token, caller), (found) => found && judge(kind, found, caller));
    return whenThere(tokens.authenticateToken(token, kind), (finding): Soon<ActiveToken | undefined> => {
      switch (finding.kind) {
        case 'unavailable':
          throw new UnavailableError(finding.dependency, 'the token could not be judged');
        case 'bad':
          return undefined;
        case 'good':
          return judge(kind, finding.principal, caller);
      }
    });
  };
}
