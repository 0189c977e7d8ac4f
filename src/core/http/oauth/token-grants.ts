import { ok, type Result, refused } from '../../../lib/result.ts';
import type { FormParameters } from '../../../oauth/form-body.ts';
import { parseScope } from '../../../oauth/scope.ts';
import type { AuditRequest } from '../../audit/audit-log.ts';
import type { Client } from '../../clients/client-store.ts';
import type { IssueClientToken } from '../../clients/issue-client-token.ts';
import type { IssuedAccessToken } from '../../tokens/access-token.ts';
import type { OAuthErrorCode } from './oauth-error-response.ts';

/** What a grant answers. @see RFC 6749, section 5.1 */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  /** Absent where the token has none: an empty text is no scope. */
  readonly scope?: string;
  readonly refresh_token?: string;
  /** Of an exchanged token. @see RFC 8693, section 2.2.1 */
  readonly issued_token_type?: string;
}

/** Answers a request for a token, by one grant, to a client that was authenticated. */
export type TokenGrant = (
  client: Client,
  form: FormParameters,
  request: AuditRequest,
) => Promise<Result<TokenAnswer, OAuthErrorCode>>;

/** The grants by their `grant_type`. */
export type TokenGrants = ReadonlyMap<string, TokenGrant>;

/** Creates the grant `client_credentials`: a client gets a token for itself. @see RFC 6749, section 4.4 */
export function createClientCredentialsGrant(issueClientToken: IssueClientToken): TokenGrant {
  return async (client, form, request) => {
    const asked = readScope(form);
    if (!asked.ok) return asked;
    const issued = await issueClientToken(client, asked.value, request);
    if (!issued.ok) return refused('invalid_scope');
    return ok(writeTokenAnswer(issued.value));
  };
}

/** Reads the scopes that a request asks for; `undefined` where it asks for none in particular. */
export function readScope(form: FormParameters): Result<readonly string[] | undefined, 'invalid_scope'> {
  const text = form.get('scope');
  const scopes = text === undefined ? undefined : parseScope(text);
  return text !== undefined && scopes === undefined ? refused('invalid_scope') : ok(scopes);
}

/** Writes an access token as the answer of a grant. */
export function writeTokenAnswer({ token, expiresInSeconds, scopes }: IssuedAccessToken): TokenAnswer {
  const scope = scopes.join(' ');
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    ...(scope !== '' && { scope }),
  };
}
