import { DAY_SECONDS, HOUR_SECONDS } from '../../lib/durations.ts';

/** How long sessions live. */
export interface SessionLimits {
  /** The absolute limit of sessions of the transport `bearer`. */
  readonly bearerLifetimeSeconds: number;
  /** How long such a session may lie without a refresh. */
  readonly bearerIdleSeconds: number;
  /** The absolute limit of browser sessions, whose credentials are cookies: of the transports `cookie` and `token_cookies`. */
  readonly cookieLifetimeSeconds: number;
  /** How long a browser session may lie unused, or without a refresh where it lives by refreshing. */
  readonly cookieIdleSeconds: number;
}

/** How long sessions may lie unused, by how they travel. */
export type IdleLimits = Pick<SessionLimits, 'bearerIdleSeconds' | 'cookieIdleSeconds'>;

/**
 * The limits that serve a clinic: an app on a phone logs in once a month, a browser once a week and again after a shift away, because
 * workstations are shared. @see NIST SP 800-63B-4, section 2.1.3 (30 days at most without a new login)
 */
export const SESSION_LIMITS: SessionLimits = {
  bearerLifetimeSeconds: 30 * DAY_SECONDS,
  bearerIdleSeconds: 14 * DAY_SECONDS,
  cookieLifetimeSeconds: 7 * DAY_SECONDS,
  cookieIdleSeconds: 12 * HOUR_SECONDS,
};
