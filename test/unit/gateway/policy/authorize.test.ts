import { describe, expect, it } from 'vitest';
import { authorize, authorizePreflight } from '../../../../src/gateway/policy/authorize.ts';
import {
  allow,
  buildPrincipal,
  buildRoute,
  buildUpstream,
  where,
} from '../../../support/gateway/policies.ts';

const OWN_RECORD = where('path.patientId', 'claims.patient_id');

function judge(access: ReturnType<typeof allow>, principal = buildPrincipal(), parameters = {}) {
  const outcome = authorize(buildRoute('/x', { access }), parameters, principal);
  return 'grant' in outcome ? 'granted' : outcome.because;
}

describe('authorize', () => {
  it('denies where no rule stands', () => {
    expect(judge(allow())).toBe('role_missing');
  });

  it('grants when one of the roles is held, and denies when none is', () => {
    const access = allow({ roles: ['admin', 'doctor'] });
    expect(judge(access, buildPrincipal({ roles: ['doctor', 'nurse'] }))).toBe('granted');
    expect(judge(access, buildPrincipal({ roles: ['nurse'] }))).toBe('role_missing');
    expect(judge(access, buildPrincipal({ roles: [] }))).toBe('role_missing');
  });

  it('wants every scope', () => {
    const access = allow({ scopes: ['alerts:read', 'alerts:write'] });
    expect(judge(access, buildPrincipal({ scopes: new Set(['alerts:read', 'alerts:write']) }))).toBe(
      'granted',
    );
    expect(judge(access, buildPrincipal({ scopes: new Set(['alerts:read']) }))).toBe('scope_missing');
  });

  it('wants everything inside a rule at once', () => {
    const access = allow({ roles: ['patient'], where: [OWN_RECORD] });
    const patient = buildPrincipal({ roles: ['patient'], claims: { patient_id: 'p-100' } });
    expect(judge(access, patient, { patientId: 'p-100' })).toBe('granted');
    expect(judge(access, patient, { patientId: 'p-101' })).toBe('condition_failed');
    expect(judge(access, { ...patient, roles: ['visitor'] }, { patientId: 'p-100' })).toBe('role_missing');
  });

  it('does not join halves of two rules', () => {
    const access = allow({ roles: ['doctor'], scopes: ['a'] }, { roles: ['patient'], scopes: ['b'] });
    expect(judge(access, buildPrincipal({ roles: ['doctor'], scopes: new Set(['b']) }))).toBe(
      'scope_missing',
    );
  });

  it('takes a credential for one upstream there alone, and nowhere else, public or not', () => {
    const narrow = buildPrincipal({ audience: 'alerts' });
    const elsewhere = { because: 'credential_rejected', rejected: 'audience_mismatch' };
    for (const access of [allow({ roles: ['doctor'] }), { kind: 'public' } as const]) {
      expect(authorize(buildRoute('/x', { access }), {}, narrow)).toEqual(elsewhere);
      const upstream = buildUpstream({ id: 'other', audience: 'alerts' });
      expect(authorize(buildRoute('/x', { access, upstream }), {}, narrow)).toMatchObject({
        grant: { principal: narrow },
      });
    }
  });

  it('wants a credential where rules stand, and none where the route is public', () => {
    const ruled = buildRoute('/x', { access: allow({ roles: ['doctor'] }) });
    expect(authorize(ruled, {}, undefined)).toEqual({ because: 'credential_missing' });
    expect(authorize(buildRoute('/x'), {}, undefined)).toMatchObject({ grant: { principal: undefined } });
  });

  it('gives a preflight a grant that is nobody’s', () => {
    expect(authorizePreflight(buildRoute('/x')).principal).toBeUndefined();
  });
});

describe('authorize: conditions', () => {
  const access = allow({ where: [OWN_RECORD] });
  const judgeClaims = (claims: Record<string, unknown>, parameters: Record<string, string>) =>
    judge(access, buildPrincipal({ claims }), parameters);

  it('does not hold between two things that are missing', () => {
    expect(judgeClaims({}, {})).toBe('condition_failed');
  });

  it.each([[undefined], [null], [''], [['p-100']], [{ id: 'p-100' }], [true], [1.5], [Number.NaN]])(
    'does not hold for a claim that is %j',
    (claim) => {
      expect(judgeClaims({ patient_id: claim }, { patientId: String(claim) })).toBe('condition_failed');
    },
  );

  it('compares a whole number by its decimal digits', () => {
    expect(judgeClaims({ patient_id: 100 }, { patientId: '100' })).toBe('granted');
    expect(judgeClaims({ patient_id: 100 }, { patientId: '0100' })).toBe('condition_failed');
  });

  it('does not find what every object inherits', () => {
    const inherited = allow({ where: [where('path.name', 'claims.constructor.name')] });
    expect(judge(inherited, buildPrincipal(), { name: 'Object' })).toBe('condition_failed');
  });

  it('follows a path of members and compares with a fixed text', () => {
    const nested = allow({ where: [where('claims.organization.id', 'clinic-1')] });
    expect(judge(nested, buildPrincipal({ claims: { organization: { id: 'clinic-1' } } }))).toBe('granted');
    expect(judge(nested, buildPrincipal({ claims: { organization: 'clinic-1' } }))).toBe('condition_failed');
  });
});
