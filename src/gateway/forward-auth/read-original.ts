import { ok, type Result, refused } from '../../lib/result.ts';
import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { OriginalRequest } from './dialect.ts';

/** The two headers in which a proxy describes the original request, in lower case. */
export interface OriginalRequestHeaders {
  readonly method: string;
  readonly target: string;
}

/** Why a description of the original request is refused. */
export type OriginalRequestRefusal =
  | 'dialect_header_missing'
  | 'dialect_header_malformed'
  | 'header_repeated';

/** What a method is. @see RFC 9110, section 5.6.2 (token) */
export const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a path and its query are, bytes as Latin-1 characters: no scheme, no authority, no fragment, no blank or control byte. @see RFC 9112, section 3.2.1 */
export const ORIGIN_FORM = /^\/[!"$-~\x80-\xff]*$/;
// In the path only; a query may hold anything.
const EMPTY_SEGMENT = /^[^?]*\/\//;

/**
 * Reads method and target of the original request from a dialect's two headers, which must stand there exactly once. Names are compared
 * without regard to case and never folded: `X_Forwarded_Uri` is not `X-Forwarded-Uri`. Does NOT fall back to the sub-request's own line,
 * whose method, path and query mean nothing. Does NOT look at any other header.
 *
 * A path with an empty segment is refused: the gateway's proxy mode merges `//` and forwards what it merged, but here somebody else
 * forwards the path, perhaps as it came, and `//public/admin` is `/admin` on a host `public` to a service that resolves it as a
 * reference (RFC 3986, section 4.2).
 * @see CVE-2026-40575 (oauth2-proxy: a description that was believed too readily)
 */
export function readOriginal(
  headers: HeaderFields,
  names: OriginalRequestHeaders,
): Result<OriginalRequest, OriginalRequestRefusal> {
  const methods = headerValues(headers, names.method);
  const targets = headerValues(headers, names.target);
  const [method] = methods;
  const [target] = targets;
  if (method === undefined || target === undefined) return refused('dialect_header_missing');
  // No method holds a comma, so there it is the joint of two fields. A target may hold one; its joint also has a blank.
  if (methods.length > 1 || targets.length > 1 || method.includes(',')) return refused('header_repeated');
  if (!METHOD.test(method) || !ORIGIN_FORM.test(target) || EMPTY_SEGMENT.test(target))
    return refused('dialect_header_malformed');
  return ok({ method, target });
}
