import { z } from 'zod';
import type { CoreSettings } from '../core/core-settings.ts';
import { DAY_SECONDS, HOUR_SECONDS, parseDurationMs } from '../lib/durations.ts';
import { durationText, roleText } from './policy-texts.ts';

/** What our own core can sign with. */
export const ISSUED_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;

const accountsSchema = z.strictObject({
  registration: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('`open`: anybody may register. `closed`: only administrators create users.'),
  default_roles: z
    .array(roleText)
    .default([])
    .describe('The roles of users who register. Nobody can ask for others.'),
});

// An app on a phone logs in once a month, a browser once a week and again after a shift away.
// NIST SP 800-63B-4, section 2.1.3: 30 days at most without a new login.
const sessionsSchema = z.strictObject({
  bearer_lifetime: durationText(365 * DAY_SECONDS)
    .default('30d')
    .describe('How long a session lives at most whose access and refresh tokens a program keeps itself.'),
  bearer_idle: durationText(365 * DAY_SECONDS)
    .default('14d')
    .describe('How long such a session may lie without a refresh.'),
  cookie_lifetime: durationText(365 * DAY_SECONDS)
    .default('7d')
    .describe("How long a browser's session lives at most: one that goes by cookies, whatever is in them."),
  cookie_idle: durationText(365 * DAY_SECONDS)
    .default('12h')
    .describe("How long a browser's session may lie unused, or without a refresh; workstations are shared."),
  retention: durationText(3650 * DAY_SECONDS, DAY_SECONDS)
    .default('90d')
    .describe(
      'How long a session is kept after it ended or ran out, with its address and device, for whoever looks into what happened.',
    ),
});

const signingSchema = z.strictObject({
  algorithm: z
    .enum(ISSUED_ALGORITHMS)
    .default('RS256')
    .describe(
      'What signing keys are made for. Another one takes effect by rotation: its key is published for seven minutes, and signs then.',
    ),
  rotate_after: durationText(365 * DAY_SECONDS, HOUR_SECONDS)
    .default('90d')
    .describe(
      'How long a key signs until the next one is made, which is published before it signs; the old one stays until its last token is dead.',
    ),
});

/** The keys of the policy file that speak of issuance. */
export const coreSettingsShape = {
  accounts: accountsSchema.prefault({}).describe('Who gets an account, and what it may do at first.'),
  sessions: sessionsSchema.prefault({}).describe('How long users stay logged in.'),
  signing: signingSchema.prefault({}).describe('The keys that access tokens are signed with.'),
} as const;

/** What those keys hold once they are read. */
export type CoreSettingsEntry = z.output<z.ZodObject<typeof coreSettingsShape>>;

/** Turns the checked keys into what the core works by. Does NOT check. */
export function compileCoreSettings({ accounts, sessions, signing }: CoreSettingsEntry): CoreSettings {
  return {
    accounts: { registration: accounts.registration, defaultRoles: accounts.default_roles },
    limits: {
      bearerLifetimeSeconds: secondsOf(sessions.bearer_lifetime),
      bearerIdleSeconds: secondsOf(sessions.bearer_idle),
      cookieLifetimeSeconds: secondsOf(sessions.cookie_lifetime),
      cookieIdleSeconds: secondsOf(sessions.cookie_idle),
    },
    sessionRetentionSeconds: secondsOf(sessions.retention),
    signing: { algorithm: signing.algorithm, rotateAfterSeconds: secondsOf(signing.rotate_after) },
  };
}

function secondsOf(duration: string): number {
  const milliseconds = parseDurationMs(duration);
  if (milliseconds === undefined) throw new Error('a checked duration does not compile');
  return Math.ceil(milliseconds / 1000);
}
