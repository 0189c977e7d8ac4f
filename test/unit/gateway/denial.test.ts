import { describe, expect, it } from 'vitest';
import type { Denial, DenyReason } from '../../../src/gateway/decision.ts';
import { denialAnswer } from '../../../src/gateway/denial.ts';

/** Every reason, by the compiler's word: a new one does not compile until its answer is written here. */
const ANSWERS: Readonly<Record<DenyReason, readonly [status: number, code: string]>> = {
  target_malformed: [400, 'invalid_request_target'],
  host_malformed: [400, 'invalid_host'],
  header_repeated: [400, 'repeated_header'],
  credential_ambiguous: [400, 'ambiguous_credentials'],
  dialect_header_missing: [400, 'forward_auth_header_missing'],
  dialect_header_malformed: [400, 'forward_auth_header_invalid'],
  peer_not_trusted: [403, 'peer_not_trusted'],
  no_route: [404, 'no_route'],
  transfer_coding_unknown: [501, 'transfer_coding_unknown'],
  method_not_allowed: [405, 'method_not_allowed'],
  credential_missing: [401, 'credential_missing'],
  credential_malformed: [401, 'invalid_token'],
  credential_unsupported: [401, 'invalid_token'],
  credential_rejected: [401, 'invalid_token'],
  origin_mismatch: [403, 'origin_mismatch'],
  role_missing: [403, 'insufficient_scope'],
  scope_missing: [403, 'insufficient_scope'],
  condition_failed: [403, 'insufficient_scope'],
  dependency_unavailable: [503, 'temporarily_unavailable'],
};

function answer(denial: Omit<Denial, 'kind'>) {
  const { status, headers, body } = denialAnswer({ kind: 'deny', ...denial }, 'req_1');
  const fields: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2)
    fields[headers[index] ?? ''] = headers[index + 1] ?? '';
  return { status, fields, problem: JSON.parse(body) };
}

describe('denialAnswer', () => {
  it.each(Object.entries(ANSWERS))('answers %s with %j', (because, [status, code]) => {
    const answered = answer({ because: because as DenyReason });
    expect(answered.status).toBe(status);
    expect(answered.problem).toMatchObject({ status, code, request_id: 'req_1' });
    expect(answered.fields).toMatchObject({
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    });
    expect('WWW-Authenticate' in answered.fields).toBe(status === 401 || status === 403);
    expect('Retry-After' in answered.fields).toBe(status === 503);
  });

  it('challenges with a bare Bearer where no credential was sent', () => {
    expect(answer({ because: 'credential_missing' }).fields['WWW-Authenticate']).toBe('Bearer');
  });

  it('looks the same for every reason of a rejection', () => {
    const expired = answer({ because: 'credential_rejected', rejected: 'expired' });
    expect(answer({ because: 'credential_rejected', rejected: 'revoked' })).toEqual(expired);
    expect(expired.fields['WWW-Authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('names the scopes that a rule wants, and the methods that a route has', () => {
    const scope = answer({ because: 'scope_missing', requiredScopes: ['alerts:read', 'alerts:write'] });
    expect(scope.fields['WWW-Authenticate']).toBe(
      'Bearer error="insufficient_scope", scope="alerts:read alerts:write"',
    );
    const methods = answer({ because: 'method_not_allowed', allowedMethods: ['GET', 'HEAD'] });
    expect(methods.fields.Allow).toBe('GET, HEAD');
  });
});
