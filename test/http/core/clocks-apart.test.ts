import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../../src/identity/access-token-claims.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../../src/identity/revocation.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { createManualClock } from '../../support/memory-stores/memory-stores.ts';
import { addSecretClient, basic, sendForm } from '../../support/oauth/client-requests.ts';
import { createSteeredTimer, settle } from '../../support/time/steered-timer.ts';

/** A core whose clock differs from the database's, which reads the log of revocations. */
async function start(aheadSeconds: number) {
  const clock = createManualClock();
  clock.advanceSeconds(aheadSeconds);
  const core = await startCoreApp({ clock: clock.now });
  core.core.startRounds(createSteeredTimer().timer);
  await settle();
  const { id, secret } = await addSecretClient(core);
  const answer = await sendForm(core, { grant_type: 'client_credentials' }, basic(id, secret));
  const { access_token: token, expires_in: expiresIn } = await answer.json();
  return { ...core, clientId: id, claims: decodeJwt(token), expiresIn, nowSeconds: clock.now() / 1000 };
}

describe.each([
  ['ahead', 60],
  ['ahead', 3_600],
  ['behind', -60],
])('where the core’s clock is %s of the database’s by %i seconds', (_, aheadSeconds) => {
  it('a token counts as issued before what is taken from its client later', async () => {
    const { claims, clientId, stores } = await start(aheadSeconds);
    await stores.clients.change(clientId, { disabled: true });
    const { revocations } = await stores.revocationLog.read(undefined);
    const [{ revokedAtMs } = { revokedAtMs: 0 }] = revocations.filter(({ id }) => id === clientId);
    expect((claims.iat ?? 0) - REVOCATION_MARGIN_SECONDS).toBeLessThanOrEqual(Math.floor(revokedAtMs / 1000));
  });

  it('a token lives its time by the clock that gateways share with the core', async () => {
    const { claims, expiresIn, nowSeconds } = await start(aheadSeconds);
    expect(expiresIn).toBe(ACCESS_TOKEN_LIFETIME_SECONDS);
    expect(claims.exp).toBe(Math.floor(nowSeconds) + ACCESS_TOKEN_LIFETIME_SECONDS);
  });
});
