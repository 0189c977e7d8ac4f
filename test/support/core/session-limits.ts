import type { SessionLimits } from '../../../src/core/sessions/session-limits.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../src/lib/durations.ts';

/** The limits that hold where a policy file says nothing. */
export const SESSION_LIMITS: SessionLimits = {
  bearerLifetimeSeconds: 30 * DAY_SECONDS,
  bearerIdleSeconds: 14 * DAY_SECONDS,
  cookieLifetimeSeconds: 7 * DAY_SECONDS,
  cookieIdleSeconds: 12 * HOUR_SECONDS,
};
