import { addressBelow } from '../../oauth/issuer-address.ts';
import type { OneTimePurpose } from '../links/one-time-token-store.ts';

/** Where the links in mails lead: a GET answers with a page that asks, a POST there does it. A GET changes nothing, as programs follow links in mails too. */
export const LINK_PATHS = {
  password_reset: '/v1/auth/password/reset',
  email_verification: '/v1/auth/email/verify',
  email_change: '/v1/auth/email/confirm',
} as const satisfies Readonly<Record<OneTimePurpose, string>>;

/**
 * Writes a link for a mail. The host is the configured one, never a request's; the token stands in the fragment, which browsers send to nobody, so that
 * it is in no access log and in no `Referer`. @see RFC 3986, section 3.5
 */
export function linkAddress(publicUrl: string, purpose: OneTimePurpose, token: string): string {
  return `${addressBelow(publicUrl, LINK_PATHS[purpose])}#token=${token}`;
}
