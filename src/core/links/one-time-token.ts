import { DAY_SECONDS, HOUR_SECONDS } from '../../lib/durations.ts';
import { sha256 } from '../../lib/sha256.ts';
import type { OneTimePurpose } from './one-time-token-store.ts';

const TOKEN_BYTES = 32;
// 256 bits in base64url without padding: 42 whole characters and one of four bits.
const ONE_TIME_TOKEN = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * How long a link is good. A reset gives the account to whoever reads the mail, and so does a change of the address, so they are short; an address
 * may be verified the next morning.
 */
export const ONE_TIME_LIFETIME_SECONDS: Readonly<Record<OneTimePurpose, number>> = {
  password_reset: HOUR_SECONDS,
  email_verification: DAY_SECONDS,
  email_change: HOUR_SECONDS,
};

/** Makes a one-time token: 256 random bits as 43 base64url characters. */
export function createOneTimeToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** The form of a one-time token at rest, its SHA-256; `undefined` for a text that cannot be a token. */
export async function hashOneTimeToken(token: string): Promise<Uint8Array | undefined> {
  return ONE_TIME_TOKEN.test(token) ? sha256(token) : undefined;
}
