import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { IDENTITY_ASSERTION_TYPE } from '../../../src/identity/identity-assertion.ts';
import { createId } from '../../../src/identity/ids.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import {
  addSecretClient,
  basic,
  sendForm,
  TOKEN_EXCHANGE,
  TOKEN_TYPE,
} from '../../support/oauth/client-requests.ts';

/** A core with the patients service, and assertions of a doctor who is logged in: `assert({ aud: 'other' })` differs in `aud` alone. */
async function start() {
  const under = await startCoreApp();
  const { id, secret } = await addSecretClient(under, { audience: 'patients', audiences: ['alerts'] });
  const { accessToken } = await under.logIn('doctor');
  const { iss = '', sub, sid, iat = 0, username, scope, roles, doctor_id } = decodeJwt(accessToken);
  const claims = { iss, sub_iss: iss, aud: 'patients', sub, sid, iat, exp: iat + 60, username, scope, roles };
  const assert = (differences: object = {}, typ = IDENTITY_ASSERTION_TYPE) => {
    const told = { ...claims, doctor_id, jti: createId('token'), client_id: 'wardgate', ...differences };
    return under.core.sign(JSON.parse(JSON.stringify(told)), typ);
  };
  const exchange = async (subject_token: string, form: object = {}, headers = basic(id, secret)) => {
    const defaults = {
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: `${TOKEN_TYPE}jwt`,
      audience: 'alerts',
    };
    return (await sendForm(under, { ...defaults, subject_token, ...form }, headers)).json();
  };
  const reason = () => under.recorded.at(-1)?.reason;
  return { ...under, under, id, accessToken, assert, exchange, reason };
}

describe('an identity assertion', () => {
  it('is exchanged by the service that it came to, and the token lives as long as it would have', async () => {
    const { id, accessToken, assert, exchange, clock } = await start();
    clock.advanceSeconds(20);
    const answer = await exchange(await assert());
    expect(answer).toMatchObject({ expires_in: 40, issued_token_type: `${TOKEN_TYPE}access_token` });
    const { iat = 0, exp: _, jti: __, ...user } = decodeJwt(accessToken);
    expect(decodeJwt(answer.access_token)).toEqual({
      ...user,
      aud: 'alerts',
      client_id: id,
      act: { sub: id },
      iat: iat + 20,
      exp: iat + 60,
      jti: expect.stringMatching(/^jti_/),
    });
  });

  it('keeps who acted before', async () => {
    const { id, assert, exchange } = await start();
    const earlier = { sub: createId('client') };
    const { access_token } = await exchange(await assert({ client_id: earlier.sub, act: earlier }));
    expect(decodeJwt(access_token).act).toEqual({ sub: id, act: earlier });
  });

  it('is exchanged by no other service', async () => {
    const { under, assert, exchange, reason } = await start();
    for (const audience of [undefined, 'alerts', 'patient']) {
      const named = audience === undefined ? {} : { audience };
      const other = await addSecretClient(under, { ...named, audiences: ['alerts'] });
      const answer = await exchange(await assert(), {}, basic(other.id, other.secret));
      expect([answer.error, reason()]).toEqual(['invalid_request', 'subject_of_another_audience']);
    }
  });

  it('is no access token, whatever the client says', async () => {
    const { assert, exchange, reason } = await start();
    const answer = await exchange(await assert(), { subject_token_type: `${TOKEN_TYPE}access_token` });
    expect([answer.error, reason()]).toEqual(['invalid_request', 'subject_malformed']);
  });

  it.each([
    ['of a client', { sub: `cli_${'1'.repeat(32)}` }, 'subject_not_a_user'],
    ['of an API key', { sub: `apk_${'1'.repeat(32)}` }, 'subject_not_a_user'],
    ['of a user of another issuer', { sub_iss: 'https://id.test', sub: 'x' }, 'subject_not_a_user'],
    ['that claims a user of ours for another issuer', { sub_iss: 'https://id.test' }, 'subject_not_a_user'],
    ['without a session', { sid: undefined }, 'subject_malformed'],
    ['of a session of another user', { sid: `ses_${'1'.repeat(32)}` }, 'subject_ended'],
    ['for all services', { aud: 'clinic' }, 'subject_malformed'],
    ['for two services', { aud: ['patients', 'alerts'] }, 'subject_malformed'],
    ['without scopes', { scope: undefined }, 'subject_malformed'],
    ['with a role that is no role name', { roles: ['a,admin'] }, 'subject_malformed'],
    ['with an actor that is no client', { act: { sub: 'x' } }, 'subject_malformed'],
    ['that is over', { exp: 1 }, 'subject_expired'],
    ['of another issuer', { iss: 'https://id.test' }, 'subject_malformed'],
  ])('%s is refused', async (_what, differences, expected) => {
    const { assert, exchange, reason } = await start();
    expect((await exchange(await assert(differences))).error).toBe('invalid_request');
    expect(reason()).toBe(expected);
  });

  it.each(['JWT', 'logout+jwt', 'token-introspection+jwt', 'start'])(
    'is not any JWT that we signed: not one of the type %s',
    async (typ) => {
      const { assert, exchange, reason } = await start();
      expect((await exchange(await assert({}, typ))).error).toBe('invalid_request');
      expect(reason()).toBe('subject_malformed');
    },
  );

  it('dies with its session', async () => {
    const { send, accessToken, assert, exchange, reason } = await start();
    const assertion = await assert();
    await send('POST', '/v1/auth/sessions/current/revoke', { token: accessToken });
    expect((await exchange(assertion)).error).toBe('invalid_request');
    expect(reason()).toBe('subject_ended');
  });
});
