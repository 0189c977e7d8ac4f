import { isApiKey } from '../../identity/api-key.ts';
import { isSessionToken } from '../../identity/session-cookie.ts';
import { hasThreeParts } from '../../oauth/compact-jws.ts';
import { TOKEN_LENGTH_MAX } from '../../oauth/token-limits.ts';
import { hasRefreshTokenShape } from '../sessions/refresh-token.ts';

/** What a token may be that somebody asks about. */
export type TokenKind = 'access_token' | 'session_token' | 'api_key' | 'refresh_token';

/**
 * Tells by its shape alone what a token can be, so that nothing is tried in turn and no shape costs more than its own question; `undefined` for what is of
 * no shape that we take. The shapes exclude each other: dots, 43 characters, a prefix with a check, 71 characters. Does NOT tell whether it is one.
 */
export function kindOfToken(token: string): TokenKind | undefined {
  if (token.length > TOKEN_LENGTH_MAX) return undefined;
  if (hasThreeParts(token)) return 'access_token';
  if (isSessionToken(token)) return 'session_token';
  if (isApiKey(token)) return 'api_key';
  return hasRefreshTokenShape(token) ? 'refresh_token' : undefined;
}
