import { describe, expect, it } from 'vitest';
import type { Authentication, Authenticator } from '../../../../src/gateway/authenticators/authenticator.ts';
import { authenticateWith } from '../../../../src/gateway/authenticators/authenticator-chain.ts';
import type { Credential } from '../../../../src/gateway/credentials/credential.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';

const CREDENTIAL: Credential = { kind: 'access_token', token: 'x', fromCookie: false };
const NOT_MINE: Authentication = { kind: 'not_applicable' };
const REJECTED: Authentication = { kind: 'rejected', because: 'expired' };
const DOWN: Authentication = { kind: 'unavailable', dependency: 'core' };

function good(subject: string): Authentication {
  return { kind: 'authenticated', principal: { subject } as Principal };
}

const now = (answer: Authentication): Authenticator => ({ name: 'now', authenticate: () => answer });
const later = (answer: Authentication): Authenticator => ({
  name: 'later',
  authenticate: async () => answer,
});

describe.each([
  ['at once', now],
  ['by promises', later],
])('authenticators that answer %s', (_name, answering) => {
  it.each<[string, Authentication[], Authentication]>([
    ['the first authenticated wins', [NOT_MINE, good('a'), good('b')], good('a')],
    ['authenticated outranks what came before', [DOWN, REJECTED, good('a')], good('a')],
    ['unavailable outranks rejected before it', [REJECTED, DOWN], DOWN],
    ['unavailable outranks rejected after it', [DOWN, REJECTED, NOT_MINE], DOWN],
    ['rejected outranks not applicable', [NOT_MINE, REJECTED, NOT_MINE], REJECTED],
    ['the first rejection tells', [REJECTED, { kind: 'rejected', because: 'malformed' }], REJECTED],
    ['none applicable is not applicable', [NOT_MINE, NOT_MINE], NOT_MINE],
    ['no authenticator is not applicable', [], NOT_MINE],
  ])('%s', async (_case, answers, expected) => {
    expect(await authenticateWith(answers.map(answering), CREDENTIAL)).toEqual(expected);
  });
});

describe('the chain', () => {
  it('answers at once where all do', () => {
    expect(authenticateWith([now(NOT_MINE), now(good('a'))], CREDENTIAL)).toEqual(good('a'));
  });

  it('does not ask further once one has authenticated', async () => {
    const never: Authenticator = {
      name: 'never',
      authenticate: () => {
        throw new Error('asked');
      },
    };
    expect(await authenticateWith([now(good('a')), never], CREDENTIAL)).toEqual(good('a'));
    expect(await authenticateWith([later(good('a')), never], CREDENTIAL)).toEqual(good('a'));
  });

  it.each<[string, (error: Error) => Authenticator]>([
    [
      'thrown',
      (error) => ({
        name: 'x',
        authenticate: () => {
          throw error;
        },
      }),
    ],
    ['by a promise', (error) => ({ name: 'x', authenticate: () => Promise.reject(error) })],
  ])('takes an UnavailableError %s for unavailable and lets a bug through', async (_name, failing) => {
    const unavailable = failing(new UnavailableError('database', 'down'));
    const expected = { kind: 'unavailable', dependency: 'database' };
    expect(await authenticateWith([unavailable, now(REJECTED)], CREDENTIAL)).toEqual(expected);
    expect(await authenticateWith([unavailable, now(good('a'))], CREDENTIAL)).toEqual(good('a'));
    await expect(async () => authenticateWith([failing(new TypeError('bug'))], CREDENTIAL)).rejects.toThrow(
      'bug',
    );
  });
});
