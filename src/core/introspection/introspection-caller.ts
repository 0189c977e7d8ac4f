import { CORE_ISSUER_ID } from '../../identity/principal.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { type Soon, whenThere } from '../../lib/soon.ts';
import type { ClientCredential } from '../../oauth/client-credential.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { AuthenticateRememberedClient } from '../clients/remembered-clients.ts';
import type { Introspect } from './introspect.ts';
import type { IntrospectionCaller } from './is-meant-for.ts';

/** The scope with which an access token may ask about others. */
export const INTROSPECT_SCOPE = 'introspect';

/** What a caller presents: a client's credential, or an access token. */
export type CallerCredential = ClientCredential | { readonly method: 'bearer_token'; readonly token: string };

/** Why a caller may not ask: the client or the token is not what it says, or the token lacks the scope. */
export type CallerRefusal = 'client_refused' | 'token_refused' | 'scope_missing';

/**
 * Authenticates who asks; `asked` is the token that the question is about, where there is one. Answers at once where what is remembered suffices. Throws
 * UnavailableError, or answers with a promise that does.
 */
export type AuthenticateIntrospectionCaller = (
  credential: CallerCredential,
  asked: string | undefined,
  request: AuditRequest,
) => Soon<Result<IntrospectionCaller, CallerRefusal>>;

/**
 * Creates the authentication of callers: every registered client, or who has an access token of our own core, for the configured audience, that stands and has
 * the scope. A token never opens the question about itself: whoever found one could otherwise learn with it what it is good for. Tokens of foreign issuers
 * open nothing, because those could write the scope for themselves. @see RFC 7662, section 2.1
 */
export function createAuthenticateIntrospectionCaller(options: {
  readonly authenticateClient: AuthenticateRememberedClient;
  readonly introspect: Introspect;
  readonly audit: AuditLog;
}): AuthenticateIntrospectionCaller {
  const { authenticateClient, introspect, audit } = options;

  async function byToken(
    token: string,
    asked: string | undefined,
    request: AuditRequest,
  ): Promise<Result<IntrospectionCaller, CallerRefusal>> {
    if (asked !== undefined && signedPartOf(token) === signedPartOf(asked)) return refused('token_refused');
    const nobody = { id: '', audience: undefined };
    const active = await introspect(token, nobody);
    if (active?.kind !== 'access_token' || active.principal.issuerId !== CORE_ISSUER_ID)
      return refused('token_refused');
    const { kind, subject: id, sessionId, scopes } = active.principal;
    if (scopes.has(INTROSPECT_SCOPE)) return ok({ id, audience: undefined });
    audit.record({
      type: 'access.refused',
      outcome: 'refused',
      reason: 'scope_missing',
      actor: { kind, id },
      ...(sessionId !== undefined && { sessionId }),
      request,
    });
    return refused('scope_missing');
  }

  return (credential, asked, request) => {
    if (credential.method === 'bearer_token') return byToken(credential.token, asked, request);
    return whenThere(authenticateClient(credential, request), (client) =>
      client.ok ? ok({ id: client.value.id, audience: client.value.audience }) : refused('client_refused'),
    );
  };
}

/** What of an access token its signature covers. An elliptic curve has two signatures of one text, and whoever has one knows the other. */
function signedPartOf(token: string): string {
  return token.slice(0, token.lastIndexOf('.'));
}
