import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditRequest } from '../audit/audit-log.ts';
import type { AccessTokens, IssuedAccessToken } from '../tokens/access-token.ts';
import type { Client, ClientStore } from './client-store.ts';

/**
 * Issues an access token to a client that was authenticated just now, with the scopes that it asks for, or with all that it may have where it asks for
 * none in particular. Throws UnavailableError ('database').
 */
export type IssueClientToken = (
  client: Client,
  asked: readonly string[] | undefined,
  request: AuditRequest,
) => Promise<Result<IssuedAccessToken, 'scope_not_allowed'>>;

/** Creates the issue of tokens to clients; each, and each refusal, goes to the audit log. A token never has a scope that the client may not have. */
export function createIssueClientToken(options: {
  readonly store: ClientStore;
  readonly accessTokens: AccessTokens;
  readonly audit: AuditLog;
}): IssueClientToken {
  const { store, accessTokens, audit } = options;
  return async (client, asked, request) => {
    const event = (outcome: Pick<AuditEvent, 'outcome' | 'reason' | 'details'>): AuditEvent => ({
      type: 'client.token_issued',
      actor: { kind: 'client', id: client.id },
      target: { kind: 'client', id: client.id },
      request,
      ...outcome,
    });
    const scopes = [...new Set(asked ?? client.scopes)].sort();
    if (!scopes.every((scope) => client.scopes.includes(scope))) {
      audit.record(event({ outcome: 'refused', reason: 'scope_not_allowed' }));
      return refused('scope_not_allowed');
    }
    const issued = await accessTokens.issueClientToken(client, scopes);
    await store.noteUse(client.id);
    audit.record(event({ outcome: 'success', details: { scopes } }));
    return ok(issued);
  };
}
