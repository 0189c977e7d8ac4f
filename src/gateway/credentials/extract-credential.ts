import { ACCESS_TOKEN_COOKIE, isSessionToken } from '../../identity/session-cookie.ts';
import { cookieValues } from '../../lib/cookie-values.ts';
import { TOKEN_LENGTH_MAX } from '../../oauth/token-limits.ts';
import { headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { CredentialFinding, CredentialKind } from './credential.ts';

/** What the extractor needs to know. */
export interface ExtractionRules {
  /** The kinds that the policy file enables; others are not looked at. */
  readonly kinds: ReadonlySet<CredentialKind>;
  readonly sessionCookieName: string;
}

const NONE: CredentialFinding = { kind: 'none' };
const MALFORMED: CredentialFinding = { kind: 'malformed' };
const AMBIGUOUS: CredentialFinding = { kind: 'ambiguous' };

const TOKEN_COOKIE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const BEARER_PREFIX = /^bearer +/i;

/**
 * Reads the one credential a request carries. Does NOT verify it.
 *
 * A credential in a header was sent on purpose and outranks cookies, which ride along; it is then the only one judged, so a bad
 * header never falls back to a good cookie, and nobody gets the stronger of two identities. Two different header credentials, or one
 * that is repeated, have no single reading and are ambiguous. Among cookies the session comes first. A cookie of ours that does not
 * even have the right shape counts as none (CVE-2026-25748, authentik).
 * @see RFC 6750, section 2 (a client must not use more than one method per request)
 */
export function extractCredential(headers: HeaderFields, rules: ExtractionRules): CredentialFinding {
  const bearer = rules.kinds.has('bearer') ? findBearer(headers) : NONE;
  const apiKey = rules.kinds.has('api_key') ? findApiKey(headers) : NONE;
  if (bearer.kind !== 'none' && apiKey.kind !== 'none') return AMBIGUOUS;
  if (bearer.kind !== 'none') return bearer;
  if (apiKey.kind !== 'none') return apiKey;
  return findCookie(headers, rules);
}

function findBearer(headers: HeaderFields): CredentialFinding {
  const fields = headerValues(headers, 'authorization');
  const field = fields[0];
  if (field === undefined) return NONE;
  // Where a runtime joins repeated fields the comma shows it; no credential that we take contains one.
  if (fields.length > 1 || field.includes(',')) return AMBIGUOUS;
  const prefixLength = BEARER_PREFIX.exec(field)?.[0].length;
  if (prefixLength === undefined || prefixLength === field.length) return MALFORMED;
  const token = field.slice(prefixLength);
  if (token.includes(' ') || token.includes('\t')) return MALFORMED;
  return { kind: 'found', credential: { kind: 'access_token', token, fromCookie: false } };
}

function findApiKey(headers: HeaderFields): CredentialFinding {
  const fields = headerValues(headers, 'x-api-key');
  const key = fields[0];
  if (key === undefined) return NONE;
  if (fields.length > 1 || key.includes(',')) return AMBIGUOUS;
  return key === '' ? MALFORMED : { kind: 'found', credential: { kind: 'api_key', key, fromCookie: false } };
}

function findCookie(headers: HeaderFields, rules: ExtractionRules): CredentialFinding {
  const fields = headerValues(headers, 'cookie');
  if (rules.kinds.has('session_cookie')) {
    const tokens = cookieValues(fields, rules.sessionCookieName);
    // A second cookie of that name was planted from another host or path: whose session it is cannot be told.
    if (tokens.length > 1) return AMBIGUOUS;
    const token = tokens[0];
    if (token !== undefined && isSessionToken(token))
      return { kind: 'found', credential: { kind: 'session_token', token, fromCookie: true } };
  }
  if (rules.kinds.has('access_token_cookie')) {
    const tokens = cookieValues(fields, ACCESS_TOKEN_COOKIE);
    if (tokens.length > 1) return AMBIGUOUS;
    const token = tokens[0];
    // A longer one counts as no credential at all; in a header its authenticator refuses it.
    if (token !== undefined && token.length <= TOKEN_LENGTH_MAX && TOKEN_COOKIE.test(token))
      return { kind: 'found', credential: { kind: 'access_token', token, fromCookie: true } };
  }
  return NONE;
}
