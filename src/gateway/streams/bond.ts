import { actingClients } from '../../identity/acting-clients.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../oauth/token-limits.ts';
import type { Grant } from '../policy/authorize.ts';
import type { StreamEnd } from './stream-end.ts';

/** What an exchange with an upstream stands on for as long as it lasts. */
export interface Bond {
  readonly principal: Principal;
  /** Whether it may go on when the credential's time is over; it then ends by revocation alone. */
  readonly outlivesToken: boolean;
}

/** The bond of what a grant lets through; `undefined` where nobody in particular was let through: then nothing can be taken away. */
export function bondOf({ principal, route }: Grant): Bond | undefined {
  return principal === undefined ? undefined : { principal, outlivesToken: route.outlivesToken };
}

/**
 * The bond of a stream that begins. What was looked up and not issued, a browser session, counts as issued then, so that its stream ends when something is taken from the user later; the
 * margin of revocations covers a look-up that was remembered.
 */
export function bondSince(bond: Bond, nowMs: number): Bond {
  const { principal } = bond;
  if (principal.issuedAt !== undefined) return bond;
  return { ...bond, principal: { ...principal, issuedAt: Math.floor(nowMs / 1000) } };
}

/**
 * The ids whose revocation may end what stands on a principal: its session, itself, and its token with the key that signed it and the clients that it came through.
 * Callers of foreign issuers have none, since our core does not know them.
 */
export function revocableIds(principal: Principal): readonly string[] {
  const { issuerId, subject, sessionId, tokenId, keyId } = principal;
  if (issuerId !== CORE_ISSUER_ID) return [];
  const named = [subject, sessionId, tokenId, keyId, ...actingClients(principal)];
  return [...new Set(named.filter((id) => id !== undefined))];
}

/**
 * When a stream ends by the expiry of its credential, in milliseconds since the Unix epoch; infinite where it may outlive that. One that was let in
 * late, within the tolerance of clocks, has what is left of that.
 */
export function bondExpiryMs({ principal: { expiresAt }, outlivesToken }: Bond, nowMs: number): number {
  if (outlivesToken) return Number.POSITIVE_INFINITY;
  return (nowMs < expiresAt * 1000 ? expiresAt : expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000;
}

/** Why something ends of which no more is known than that what it stands on is revoked. */
export function endOfRevoked(bond: Bond | undefined): StreamEnd {
  return bond?.principal.sessionId === undefined ? 'access_revoked' : 'session_revoked';
}
