import { describe, expect, it } from 'vitest';
import type { Authentication } from '../../../src/gateway/authenticators/authenticator.ts';
import { CREDENTIAL_KINDS } from '../../../src/gateway/credentials/credential.ts';
import { type DecideDeps, decide } from '../../../src/gateway/decide.ts';
import type { Route } from '../../../src/gateway/policy/policy.ts';
import type { Standing, StandingCheck } from '../../../src/gateway/revocation/standing.ts';
import { createRouteTable } from '../../../src/gateway/routes/route-table.ts';
import { allow, buildPrincipal, buildRoute } from '../../support/gateway/policies.ts';
import { everybodyStands } from '../../support/revocations/quiet-revocations.ts';

const BEARER = ['Authorization', 'Bearer t.o.k'];
const SESSION_COOKIE = ['Cookie', `wardgate_session=${'A'.repeat(43)}`];
const DOCTORS = allow({ roles: ['doctor'] });

interface Scene extends Partial<Omit<DecideDeps, 'routes'>> {
  readonly route?: Route;
  readonly answer?: Authentication;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
}

function decideIn(scene: Scene) {
  const { route = buildRoute('/records/:id', { access: DOCTORS }), answer, ...rest } = scene;
  const routes = createRouteTable([route]);
  if (!routes.ok) throw new Error('the routes conflict');
  const authentication = answer ?? { kind: 'authenticated', principal: buildPrincipal() };
  const deps: DecideDeps = {
    routes: routes.value,
    authenticators: [{ name: 'fixed', authenticate: () => authentication }],
    extraction: { kinds: new Set(CREDENTIAL_KINDS), sessionCookieName: 'wardgate_session' },
    trustedOrigins: new Set(['https://app.example']),
    standing: everybodyStands,
    ...rest,
  };
  const { method = 'GET', target = '/records/r-1', headers = BEARER } = scene;
  return decide({ method, target, headers, clientAddress: undefined, requestId: 'req_1' }, deps);
}

describe('decide', () => {
  it('allows with a grant that names the principal, the route and the canonical target', async () => {
    expect(await decideIn({ target: '/%72ecords//r-1?x=1' })).toMatchObject({
      kind: 'allow',
      target: { path: '/records/r-1', query: '?x=1' },
      route: { id: '/records/:id' },
      grant: { principal: { subject: buildPrincipal().subject } },
    });
  });

  it('stops at a target that has two readings before it looks at anything else', async () => {
    expect(await decideIn({ target: '/records/..%2fadmin' })).toMatchObject({ because: 'target_malformed' });
  });

  it('answers about route and method before it asks for a credential', async () => {
    expect(await decideIn({ target: '/nowhere', headers: [] })).toMatchObject({ because: 'no_route' });
    const route = buildRoute('/records/:id', { access: DOCTORS, methods: new Set(['PUT']) });
    expect(await decideIn({ route, headers: [] })).toMatchObject({
      because: 'method_not_allowed',
      allowedMethods: ['PUT'],
    });
  });

  it.each([
    ['no credential', [], 'credential_missing'],
    ['one of a form that is not taken', ['Authorization', 'Basic dTpw'], 'credential_malformed'],
    ['two credentials', [...BEARER, ...BEARER], 'credential_ambiguous'],
  ])('denies %s', async (_what, headers, because) => {
    expect(await decideIn({ headers })).toMatchObject({ kind: 'deny', because });
  });

  it.each([
    [
      { kind: 'rejected', because: 'expired' } as const,
      { because: 'credential_rejected', rejected: 'expired' },
    ],
    [{ kind: 'not_applicable' } as const, { because: 'credential_unsupported' }],
    [
      { kind: 'unavailable', dependency: 'key_set' } as const,
      { because: 'dependency_unavailable', dependency: 'key_set' },
    ],
  ])('turns the authenticators’ %j into a denial, on a public route too', async (answer, denial) => {
    expect(await decideIn({ answer })).toMatchObject({ kind: 'deny', ...denial });
    expect(await decideIn({ answer, route: buildRoute('/records/:id') })).toMatchObject({
      kind: 'deny',
      ...denial,
    });
  });

  it('denies a token at another upstream than the one that it is for, as one that is not valid', async () => {
    const principal = buildPrincipal({ audience: 'alerts' });
    const answer = { kind: 'authenticated', principal } as const;
    for (const route of [undefined, buildRoute('/records/:id')])
      expect(await decideIn({ answer, ...(route && { route }) })).toMatchObject({
        because: 'credential_rejected',
        rejected: 'audience_mismatch',
        subject: principal.subject,
      });
  });

  it('says who was denied by the policy', async () => {
    const principal = buildPrincipal({ roles: ['patient'] });
    expect(await decideIn({ answer: { kind: 'authenticated', principal } })).toMatchObject({
      because: 'role_missing',
      subject: principal.subject,
    });
  });
});

describe('decide: access that was taken away', () => {
  const answering = (standing: Standing): StandingCheck => ({ ...everybodyStands, check: () => standing });

  it('refuses a good credential of what was revoked', async () => {
    expect(await decideIn({ standing: answering({ kind: 'revoked' }) })).toMatchObject({
      because: 'credential_rejected',
      rejected: 'revoked',
      subject: buildPrincipal().subject,
    });
  });

  it('answers "could not tell" where nobody can', async () => {
    const standing = answering({ kind: 'unavailable', dependency: 'core' });
    expect(await decideIn({ standing })).toMatchObject({
      because: 'dependency_unavailable',
      dependency: 'core',
    });
  });

  it('says whether the route is live', async () => {
    const asked: boolean[] = [];
    const check: StandingCheck['check'] = (_principal, live) => {
      asked.push(live);
      return { kind: 'stands' };
    };
    const standing = { ...everybodyStands, check };
    await decideIn({ standing });
    await decideIn({ standing, route: buildRoute('/records/:id', { access: DOCTORS, live: true }) });
    expect(asked).toEqual([false, true]);
  });

  it('brings what is known up to date before a token is verified, and not for other credentials', async () => {
    const steps: string[] = [];
    const refresh = async () => void steps.push('refreshed');
    const authenticators = [
      {
        name: 'noting',
        authenticate: () => {
          steps.push('verified');
          return { kind: 'authenticated', principal: buildPrincipal() } as const;
        },
      },
    ];
    const standing = { ...everybodyStands, refresh };
    await decideIn({ standing, authenticators });
    expect(steps).toEqual(['refreshed', 'verified']);
    await decideIn({ standing, authenticators, headers: SESSION_COOKIE });
    expect(steps).toEqual(['refreshed', 'verified', 'verified']);
  });
});

describe('decide: browsers', () => {
  it('refuses an unsafe method with a cookie from another origin, and takes it from ours', async () => {
    const from = (origin: string) => ({ method: 'POST', headers: [...SESSION_COOKIE, 'Origin', origin] });
    expect(await decideIn(from('https://evil.example'))).toMatchObject({ because: 'origin_mismatch' });
    expect(await decideIn(from('https://app.example'))).toMatchObject({ kind: 'allow' });
  });

  it('does not ask for an origin where a header carries the credential', async () => {
    expect(await decideIn({ method: 'POST' })).toMatchObject({ kind: 'allow' });
  });

  it('lets a real preflight pass as nobody, and judges any other OPTIONS like every request', async () => {
    const preflight = ['Origin', 'https://app.example', 'Access-Control-Request-Method', 'GET'];
    expect(await decideIn({ method: 'OPTIONS', headers: preflight })).toMatchObject({
      kind: 'allow',
      grant: { principal: undefined },
    });
    expect(await decideIn({ method: 'OPTIONS', headers: preflight.slice(0, 2) })).toMatchObject({
      because: 'credential_missing',
    });
  });

  it('refuses the preflight of a method that the route does not have', async () => {
    const route = buildRoute('/records/:id', { access: DOCTORS, methods: new Set(['GET']) });
    const headers = ['Origin', 'https://app.example', 'Access-Control-Request-Method', 'DELETE'];
    expect(await decideIn({ method: 'OPTIONS', headers, route })).toMatchObject({
      because: 'method_not_allowed',
    });
  });
});
