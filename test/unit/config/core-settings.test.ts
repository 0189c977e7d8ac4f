import { describe, expect, it } from 'vitest';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../../src/lib/durations.ts';
import { SESSION_LIMITS } from '../../support/core/session-limits.ts';
import { policyOf, problemLines, RIGHT } from './policy-text.ts';

const withSettings = (settings: string) => RIGHT.replace('upstreams:', () => `${settings}\nupstreams:`);

describe('what a policy file says of issuance', () => {
  it('has the limits that serve a clinic where it says nothing', () => {
    expect(policyOf(RIGHT).core).toEqual({
      accounts: { registration: 'open', defaultRoles: [] },
      limits: SESSION_LIMITS,
      sessionRetentionSeconds: 90 * DAY_SECONDS,
      signing: { algorithm: 'RS256', rotateAfterSeconds: 90 * DAY_SECONDS },
    });
  });

  it('is taken as it is written, and a part that is left out keeps its default', () => {
    const { core } = policyOf(
      withSettings(
        [
          'accounts: { registration: closed, default_roles: [patient] }',
          'sessions: { bearer_lifetime: 8h, bearer_idle: 30m, retention: 30d }',
          'signing: { algorithm: ES256, rotate_after: 720h }',
        ].join('\n'),
      ),
    );
    expect(core).toEqual({
      accounts: { registration: 'closed', defaultRoles: ['patient'] },
      limits: {
        ...SESSION_LIMITS,
        bearerLifetimeSeconds: 8 * HOUR_SECONDS,
        bearerIdleSeconds: 30 * MINUTE_SECONDS,
      },
      sessionRetentionSeconds: 30 * DAY_SECONDS,
      signing: { algorithm: 'ES256', rotateAfterSeconds: 30 * DAY_SECONDS },
    });
  });

  it.each([
    ['accounts: { default_roles: ["a,admin"] }', 'accounts.default_roles[0]: expected a role name'],
    ['accounts: { registration: maybe }', 'accounts.registration: expected'],
    ['sessions: { cookie_idle: 0s }', 'sessions.cookie_idle: expected a duration'],
    ['sessions: { retention: 12h }', 'sessions.retention: expected a duration from 24h to 87600h'],
    ['sessions: { cookie_ilde: 1h }', 'cookie_ilde'],
    ['signing: { algorithm: HS256 }', 'signing.algorithm: expected'],
    ['signing: { rotate_after: 59m }', 'signing.rotate_after: expected a duration from 1h to 8760h'],
    ['signing: { rotate_after: 366d }', 'signing.rotate_after: expected a duration from 1h to 8760h'],
  ])('refuses %s and says where and what was expected', (settings, complaint) => {
    const lines = problemLines(withSettings(settings));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(complaint);
  });
});
