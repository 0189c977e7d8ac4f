import { describe, expect, it } from 'vitest';
import { CREDENTIAL_KINDS } from '../../../src/gateway/credentials/credential.ts';
import { decide } from '../../../src/gateway/decide.ts';
import { createStandingCheck } from '../../../src/gateway/revocation/standing-check.ts';
import { createRouteTable } from '../../../src/gateway/routes/route-table.ts';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { allow, buildPrincipal, buildRoute } from '../../support/gateway/policies.ts';
import { quietRevocations } from '../../support/revocations/quiet-revocations.ts';

const ID = createId('api_key');

function decideFor(live: boolean, isActive: (id: string) => Promise<boolean>) {
  const route = buildRoute('/records', { access: allow({ roles: ['doctor'] }), live });
  const routes = createRouteTable([route]);
  if (!routes.ok) throw new Error('the routes conflict');
  const machine = { kind: 'api_key', subject: ID, sessionId: undefined, authenticatedBy: 'api_key' } as const;
  const principal = buildPrincipal({ ...machine, issuerId: 'wardgate' });
  return decide(
    {
      method: 'GET',
      target: '/records',
      headers: ['X-API-Key', 'k'],
      clientAddress: undefined,
      requestId: 'req_1',
    },
    {
      routes: routes.value,
      authenticators: [{ name: 'fixed', authenticate: () => ({ kind: 'authenticated', principal }) }],
      extraction: { kinds: new Set(CREDENTIAL_KINDS), sessionCookieName: 'wardgate_session' },
      trustedOrigins: new Set(),
      standing: createStandingCheck({
        feed: quietRevocations(),
        sessions: { isActive: async () => true },
        machines: { isActive },
        clock: () => 0,
      }),
    },
  );
}

describe('a program without a session', () => {
  it('passes a live route while its key stands', async () => {
    const asked: string[] = [];
    const isActive = async (id: string) => asked.push(id) > 0;
    expect(await decideFor(true, isActive)).toMatchObject({ kind: 'allow' });
    expect(asked).toEqual([ID]);
  });

  it('is refused on a live route once its key is revoked', async () => {
    expect(await decideFor(true, async () => false)).toMatchObject({
      kind: 'deny',
      because: 'credential_rejected',
      rejected: 'revoked',
      subject: ID,
    });
  });

  it('is not let through on a live route while the core cannot tell', async () => {
    const down = async () => {
      throw new UnavailableError('core', 'gone');
    };
    expect(await decideFor(true, down)).toMatchObject({ because: 'dependency_unavailable' });
  });

  it('costs no question on other routes', async () => {
    const never = async () => {
      throw new Error('asked');
    };
    expect(await decideFor(false, never)).toMatchObject({ kind: 'allow' });
  });
});
