import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';

// scope-token of RFC 6749, section 3.3.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Reads the scopes: `scope`, or where it is missing `scp`, as a text with spaces between (RFC 8693, section 4.2) or as a list, which
 * some issuers write. None where both are missing; what is no scope refuses the token.
 */
export function readScopes(payload: JsonObject): Result<ReadonlySet<string>, RejectReason> {
  const claim = payload.scope ?? payload.scp ?? '';
  const scopes: unknown = typeof claim === 'string' ? claim.split(' ').filter((part) => part !== '') : claim;
  if (!Array.isArray(scopes)) return refused('claim_malformed');
  const valid = scopes.every((scope) => typeof scope === 'string' && SCOPE.test(scope));
  return valid ? ok(new Set(scopes)) : refused('claim_malformed');
}
