import { isHeaderValue } from '../../identity/header-value.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { JsonObject } from '../../oauth/json-object.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../oauth/token-limits.ts';
import type { RejectReason } from '../decision.ts';

// The last second of the year 9999: above it times stop being dates.
const SECONDS_MAX = 253_402_300_799;

/** The claims that every access token must have, checked. Times are seconds since the Unix epoch. */
export interface RegisteredClaims {
  readonly subject: string;
  readonly sessionId: string | undefined;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number;
}

/** What the claims are checked against. */
export interface ExpectedClaims {
  /** Any one of them. */
  readonly isAudience: (audience: string) => boolean;
  /** Seconds since the Unix epoch. */
  readonly now: number;
  readonly issuedAtRequired: boolean;
}

/**
 * Checks the claims whose meaning is the same for every issuer: types first, then times with ten seconds of tolerance, then the audience,
 * then that subject and session can be written in headers. Does NOT look at `iss`, by which the issuer was chosen.
 * @see RFC 7519, section 4.1; RFC 9068, section 4
 */
export function checkRegisteredClaims(
  payload: JsonObject,
  expected: ExpectedClaims,
): Result<RegisteredClaims, RejectReason> {
  const { exp, nbf, iat, sub, sid } = payload;
  if (!isTime(exp) || exp === 0) return refused('claim_malformed');
  if (nbf !== undefined && !isTime(nbf)) return refused('claim_malformed');
  if (iat === undefined ? expected.issuedAtRequired : !isTime(iat)) return refused('claim_malformed');
  if (typeof sub !== 'string' || sub === '') return refused('claim_malformed');
  if (sid !== undefined && (typeof sid !== 'string' || sid === '')) return refused('claim_malformed');

  if (isExpired(exp, expected.now)) return refused('expired');
  if (isTime(nbf) && nbf > expected.now + CLOCK_TOLERANCE_SECONDS) return refused('not_yet_valid');
  if (isTime(iat) && iat > expected.now + CLOCK_TOLERANCE_SECONDS) return refused('issued_in_future');
  if (!namesAudience(payload.aud, expected.isAudience)) return refused('audience_mismatch');
  if (!isHeaderValue(sub) || (sid !== undefined && !isHeaderValue(sid))) return refused('claim_unwritable');
  return ok({ subject: sub, sessionId: sid, issuedAt: isTime(iat) ? iat : undefined, expiresAt: exp });
}

/** Tells whether the time of `exp` has come, ten seconds of tolerance granted. @see RFC 7519, section 4.1.4 */
export function isExpired(expiresAt: number, now: number): boolean {
  return now >= expiresAt + CLOCK_TOLERANCE_SECONDS;
}

/** A NumericDate in whole seconds, not before 1970. Strings, fractions and 1e308 are none. */
function isTime(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= SECONDS_MAX;
}

/** `aud` is one text or a list of texts; ours must be among them exactly, never as a prefix. */
function namesAudience(aud: unknown, isAudience: ExpectedClaims['isAudience']): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.some((audience) => typeof audience === 'string' && isAudience(audience));
}
