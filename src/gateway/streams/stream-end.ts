import type { RevocableKind } from '../../identity/revocation.ts';

/**
 * Why a stream was ended before its time: what its client is told, and what logs and metrics say. `session_revoked`: its session ended.
 * `access_revoked`: its user, client or API key. `token_revoked`: its access token, or the key that signed it. `token_expired`: its
 * credential's time is over. `revocations_unknown`: nobody can tell any more whether it was revoked. `going_away`: the gateway stops. Stable,
 * for programs to read.
 */
export type StreamEnd =
  | 'session_revoked'
  | 'access_revoked'
  | 'token_revoked'
  | 'token_expired'
  | 'revocations_unknown'
  | 'going_away';

const LAST_EVENT = 'wardgate.end';

/**
 * The close code that a WebSocket's two sides get: 4401 where the credential is not good any more (a code of our own, as 401 is of HTTP), 1013
 * "try again later" where that cannot be told, 1001 "going away". @see RFC 6455, sections 7.4.1 and 7.4.2; the IANA registry of close codes
 */
export function closeCodeOf(end: StreamEnd): number {
  switch (end) {
    case 'session_revoked':
    case 'access_revoked':
    case 'token_revoked':
    case 'token_expired':
      return 4401;
    case 'revocations_unknown':
      return 1013;
    case 'going_away':
      return 1001;
  }
}

/** The last event of a stream of events. Stands by itself: it has to be written between two others. @see HTML Standard, section 9.2.5 */
export function lastEvent(end: StreamEnd): string {
  return `event: ${LAST_EVENT}\ndata: ${JSON.stringify({ code: end })}\n\n`;
}

/** Why a stream ends of which such a thing was revoked. */
export function endByRevocation(kind: RevocableKind): StreamEnd {
  switch (kind) {
    case 'session':
      return 'session_revoked';
    case 'user':
    case 'client':
    case 'api_key':
      return 'access_revoked';
    case 'token':
    case 'key':
      return 'token_revoked';
  }
}
