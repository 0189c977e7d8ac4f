import { describe, expect, it } from 'vitest';
import { ACTORS_MAX } from '../../../../src/identity/actor.ts';
import { createTestAuthenticator } from '../../../support/gateway/jwt-authenticator.ts';
import {
  CLIENT_ID,
  DOCTOR_ID,
  signClientToken,
  signForeignToken,
  signToken,
} from '../../../support/tokens/tokens.ts';

const OTHER_CLIENT = `cli_${'d'.repeat(32)}`;
const NARROW = { aud: 'alerts', client_id: CLIENT_ID, act: { sub: CLIENT_ID } };

/** As many clients as are said, each inside the one before. */
function actors(count: number): object {
  return { sub: CLIENT_ID, ...(count > 1 && { act: actors(count - 1) }) };
}

describe('a token for one upstream alone', () => {
  it('makes a principal for that audience, which is still the user', async () => {
    const { principal } = await createTestAuthenticator();
    expect(await principal(await signToken(NARROW))).toMatchObject({
      kind: 'user',
      subject: DOCTOR_ID,
      audience: 'alerts',
      claims: { act: { sub: CLIENT_ID } },
    });
    expect((await principal(await signToken())).audience).toBeUndefined();
    expect((await principal(await signClientToken())).audience).toBeUndefined();
  });

  it('is remembered with its audience', async () => {
    const authenticator = await createTestAuthenticator();
    const token = await signToken(NARROW);
    for (let round = 0; round < 2; round++)
      expect((await authenticator.principal(token)).audience).toBe('alerts');
    expect(authenticator.verifications).toBe(1);
  });

  it.each([
    ['an audience that no upstream has', { ...NARROW, aud: 'billing' }, 'audience_mismatch'],
    ['a prefix of an audience', { ...NARROW, aud: 'alert' }, 'audience_mismatch'],
    ['two audiences', { ...NARROW, aud: ['alerts', 'patients'] }, 'claim_malformed'],
    ['no word of who acts', { ...NARROW, act: undefined }, 'claim_malformed'],
    [
      'another who acts than whom it was issued to',
      { ...NARROW, client_id: OTHER_CLIENT },
      'claim_malformed',
    ],
    ['a user who acts', { ...NARROW, client_id: DOCTOR_ID, act: { sub: DOCTOR_ID } }, 'claim_malformed'],
    ['an actor of another issuer', { ...NARROW, act: { sub: CLIENT_ID, iss: 'x' } }, 'claim_malformed'],
    ['an actor that is a text', { ...NARROW, act: CLIENT_ID }, 'claim_malformed'],
    ['an actor that is null', { ...NARROW, act: null }, 'claim_malformed'],
    ['an actor before that is malformed', { ...NARROW, act: { sub: CLIENT_ID, act: {} } }, 'claim_malformed'],
    ['too many actors', { ...NARROW, act: actors(ACTORS_MAX + 1) }, 'claim_malformed'],
    ['as many as there may be', { ...NARROW, act: actors(ACTORS_MAX) }, 'authenticated'],
    ['an actor and the audience of all', { ...NARROW, aud: 'clinic' }, 'claim_malformed'],
  ])('with %s is judged as %s', async (_what, claims, expected) => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signToken(claims))).toBe(expected);
  });

  it('is never a client’s own, and never a foreign issuer’s', async () => {
    const { verdict } = await createTestAuthenticator();
    expect(await verdict(await signClientToken({ aud: 'alerts' }))).toBe('claim_malformed');
    expect(await verdict(await signClientToken({ act: { sub: CLIENT_ID } }))).toBe('claim_malformed');
    expect(await verdict(await signForeignToken({ aud: 'alerts' }))).toBe('audience_mismatch');
  });
});
