import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../../src/identity/access-token-claims.ts';
import { REVOCATION_MARGIN_SECONDS } from '../../../src/identity/revocation.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { createManualClock } from '../../support/memory-stores/memory-stores.ts';
import {
  addSecretClient,
  basic,
  sendForm,
  TOKEN_EXCHANGE,
  TOKEN_TYPE,
} from '../../support/oauth/client-requests.ts';
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

/** The same with a service that may exchange what comes to it, and assertions of a doctor. */
async function startService(aheadSeconds: number) {
  const under = await start(aheadSeconds);
  const { id, secret } = await addSecretClient(under, { audience: 'patients', audiences: ['alerts'] });
  const { accessToken } = await under.logIn('doctor');
  const { sub: userId = '', sid, username = '' } = decodeJwt<{ sid: string; username: string }>(accessToken);
  const assert = async () => {
    const user = { subject: userId, sessionId: sid, username, clientId: 'wardgate' };
    const facts = { ...user, audience: 'patients', roles: ['doctor'], scopes: ['alerts:read'] };
    const signed = await under.core.assertions.sign(facts);
    return { userId, assertion: signed.ok ? signed.value.token : '' };
  };
  const exchange = async (assertion: string) => {
    const form = { subject_token_type: `${TOKEN_TYPE}jwt`, subject_token: assertion, audience: 'alerts' };
    return (await sendForm(under, { grant_type: TOKEN_EXCHANGE, ...form }, basic(id, secret))).json();
  };
  return { ...under, assert, exchange };
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

  it('an identity assertion counts as signed before what is taken from its user later', async () => {
    const { stores, assert, exchange } = await startService(aheadSeconds);
    const { userId, assertion } = await assert();
    expect(await exchange(assertion)).not.toHaveProperty('error');
    await stores.users.update(userId, { roles: ['doctor', 'reviewer'] });
    await stores.users.update(userId, { roles: ['doctor'] });
    expect(await exchange(assertion)).toHaveProperty('error', 'invalid_request');
  });

  it('a token lives its time by the clock that gateways share with the core', async () => {
    const { claims, expiresIn, nowSeconds } = await start(aheadSeconds);
    expect(expiresIn).toBe(ACCESS_TOKEN_LIFETIME_SECONDS);
    expect(claims.exp).toBe(Math.floor(nowSeconds) + ACCESS_TOKEN_LIFETIME_SECONDS);
  });
});
