import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AssertedHeadersOptions,
  createAssertedHeaders,
} from '../../../../src/gateway/identity-headers/asserted-headers.ts';
import { authorize } from '../../../../src/gateway/policy/authorize.ts';
import type { AssertedFacts, SignedAssertion } from '../../../../src/identity/identity-assertion.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';
import { buildPrincipal, buildRoute, buildUpstream } from '../../../support/gateway/policies.ts';
import { createManualClock } from '../../../support/memory-stores/memory-stores.ts';
import { CLIENT_ID, FOREIGN_ISSUER, OWN_ISSUER } from '../../../support/tokens/tokens.ts';

const ISSUERS = new Map([
  ['wardgate', OWN_ISSUER],
  ['keycloak', FOREIGN_ISSUER],
]);

/** Asserted headers on a signer that counts, numbers its tokens, and can be held or broken. */
function start(options: Partial<AssertedHeadersOptions> = {}) {
  const clock = createManualClock();
  const asked: AssertedFacts[] = [];
  const steered: { fail: Error | undefined; hold: Promise<void> | undefined } = {
    fail: undefined,
    hold: undefined,
  };
  const signer = {
    async sign(facts: AssertedFacts): Promise<SignedAssertion> {
      asked.push(facts);
      const token = `token-${asked.length}`;
      const expiresAt = Math.floor(clock.now() / 1000) + 60;
      await steered.hold;
      if (steered.fail !== undefined) throw steered.fail;
      return { token, expiresAt };
    },
  };
  const asserted = createAssertedHeaders({ signer, issuers: ISSUERS, clock: clock.now, ...options });
  const find = async (principal: Principal | undefined, upstream = 'patients') =>
    asserted(grantOf(principal, upstream));
  const tokenFor = async (principal: Principal | undefined, upstream?: string) => {
    const found = await find(principal, upstream);
    return found.ok ? found.value.at(-1) : found.reason;
  };
  return { clock, asked, steered, asserted, find, tokenFor };
}

function grantOf(principal: Principal | undefined, upstream = 'patients') {
  const route = buildRoute('/**', { upstream: buildUpstream({ id: upstream }), assertion: true });
  const outcome = authorize(route, {}, principal);
  if (!('grant' in outcome)) throw new Error('a public route is for everyone');
  return outcome.grant;
}

describe('the headers with an assertion', () => {
  it('are the identity headers with the signed token behind', async () => {
    const { find } = start();
    const { subject, username, sessionId } = buildPrincipal();

    expect(await find(buildPrincipal())).toEqual({
      ok: true,
      value: [
        ...['X-User-Id', subject, 'X-User-Roles', 'doctor'],
        ...['X-Consumer-Username', username, 'X-Session-Id', sessionId],
        ...['X-Identity-Assertion', 'token-1'],
      ],
    });
  });

  it('hold an empty one for nobody, for which nothing is signed', async () => {
    const { tokenFor, asked } = start();

    expect(await tokenFor(undefined)).toBe('');
    expect(asked).toEqual([]);
  });

  it('are signed for what is known of a user of our own', async () => {
    const { tokenFor, asked } = start();
    const act = { sub: CLIENT_ID };
    const claims = { patient_id: 'p-100', doctor_id: 200, client_id: CLIENT_ID, act, roles: ['ignored'] };
    await tokenFor(buildPrincipal({ scopes: new Set(['b', 'a']), claims }));

    expect(asked).toEqual([
      {
        audience: 'patients',
        subject: buildPrincipal().subject,
        roles: ['doctor'],
        scopes: ['a', 'b'],
        username: 'doctor@demo.test',
        sessionId: buildPrincipal().sessionId,
        patientId: 'p-100',
        doctorId: '200',
        clientId: CLIENT_ID,
        actor: act,
      },
    ]);
  });

  it('name the issuer of a foreign caller, whose actors are not ours', async () => {
    const { tokenFor, asked } = start();
    const foreign = { issuerId: 'keycloak', subject: 'house', sessionId: undefined, username: '' };
    await tokenFor(buildPrincipal({ ...foreign, claims: { act: { sub: CLIENT_ID } } }));

    expect(asked).toEqual([
      { audience: 'patients', subject: 'house', issuer: FOREIGN_ISSUER, roles: ['doctor'], scopes: [] },
    ]);
  });
});

describe('an assertion', () => {
  it('is signed once for many requests at once, and answers at once from then on', async () => {
    const { asserted, tokenFor, asked } = start();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => tokenFor(buildPrincipal())));

    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(asked).toHaveLength(1);
    expect(asserted(grantOf(buildPrincipal()))).not.toBeInstanceOf(Promise);
  });

  it('is used while half a minute of it is left, and not longer', async () => {
    const { clock, tokenFor } = start();
    await tokenFor(buildPrincipal());
    clock.advanceSeconds(30);
    expect(await tokenFor(buildPrincipal())).toBe('token-1');
    clock.advanceSeconds(1);
    expect(await tokenFor(buildPrincipal())).toBe('token-2');
  });

  it('is signed anew where the clock was set back', async () => {
    const { clock, tokenFor } = start();
    await tokenFor(buildPrincipal());
    clock.advanceSeconds(-3600);

    expect(await tokenFor(buildPrincipal())).toBe('token-2');
  });

  it('outlives the token that it was first made for: the next one of the same session gets it too', async () => {
    const { tokenFor } = start();
    await tokenFor(buildPrincipal({ expiresAt: 1 }));

    expect(await tokenFor(buildPrincipal({ expiresAt: 2 }))).toBe('token-1');
  });

  it.each<[string, Partial<Principal>]>([
    ['subject', { subject: `usr_${'2'.repeat(32)}` }],
    ['session', { sessionId: undefined }],
    ['username', { username: 'other' }],
    ['roles', { roles: ['admin', 'doctor'] }],
    ['scopes', { scopes: new Set(['alerts:read']) }],
    ['issuer', { issuerId: 'keycloak' }],
    ['patient', { claims: { patient_id: 'p-1' } }],
    ['doctor', { claims: { doctor_id: 'p-1' } }],
    ['client', { claims: { client_id: 'p-1' } }],
    ['actor', { claims: { act: { sub: CLIENT_ID } } }],
  ])('is never used for a caller with another %s', async (_fact, other) => {
    const { tokenFor } = start();

    expect(await tokenFor(buildPrincipal())).toBe('token-1');
    expect(await tokenFor(buildPrincipal(other))).toBe('token-2');
    expect(await tokenFor(buildPrincipal())).toBe('token-1');
  });

  it('is never used at another upstream', async () => {
    const { tokenFor } = start();

    expect(await tokenFor(buildPrincipal(), 'patients')).toBe('token-1');
    expect(await tokenFor(buildPrincipal(), 'doctors')).toBe('token-2');
  });

  it('is shared by two callers only where all their facts are the same, however they are written', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ':', '{', '\\', '\u0000', '|') });
    const facts = fc.record({
      subject: text,
      username: text,
      sessionId: text,
      roles: fc.array(text, { maxLength: 3 }),
      scopes: fc.uniqueArray(text, { maxLength: 3 }).map((names) => new Set(names.toSorted())),
    });
    await fc.assert(
      fc.asyncProperty(facts, facts, async (one, other) => {
        const { tokenFor, asked } = start();
        const first = await tokenFor(buildPrincipal(one));
        const second = await tokenFor(buildPrincipal(other));
        const [known, next = known] = asked;
        expect(first === second).toBe(JSON.stringify(known) === JSON.stringify(next) && asked.length === 1);
        expect(known).toMatchObject({ subject: one.subject, roles: one.roles });
        expect(next).toMatchObject({ subject: other.subject, roles: other.roles });
      }),
    );
  });
});

describe('a signing that fails', () => {
  it('is told to all who wait for it, and tried again by the next', async () => {
    const { steered, find, tokenFor, asked } = start();
    steered.fail = new UnavailableError('database', 'gone');
    const failed = await Promise.all([find(buildPrincipal()), find(buildPrincipal())]);
    expect(failed).toEqual([
      { ok: false, reason: 'database' },
      { ok: false, reason: 'database' },
    ]);
    expect(asked).toHaveLength(1);

    steered.fail = undefined;
    expect(await tokenFor(buildPrincipal())).toBe('token-2');
  });

  it('of a kind that nobody expects passes through, and is tried again by the next', async () => {
    const { steered, find, tokenFor } = start();
    steered.fail = new TypeError('a bug');
    await expect(find(buildPrincipal())).rejects.toThrow('a bug');

    steered.fail = undefined;
    expect(await tokenFor(buildPrincipal())).toBe('token-2');
  });
});

it('waits no longer for a signing that was lost with the request which began it', async () => {
  const { tokenFor, clock, steered, asked } = start();
  steered.hold = new Promise(() => {});
  void tokenFor(buildPrincipal());
  steered.hold = undefined;
  clock.advanceSeconds(9);
  void tokenFor(buildPrincipal());
  expect(asked).toHaveLength(1);
  clock.advanceSeconds(1);

  expect(await tokenFor(buildPrincipal())).toBe('token-2');
});

it('keeps no more assertions than it may, and those that are in use', async () => {
  const { tokenFor, asked } = start({ rememberedMax: 10 });
  const someone = (number: number) => buildPrincipal({ subject: `usr_${number}` });
  for (let number = 0; number < 100; number += 1) {
    await tokenFor(someone(number));
    await tokenFor(someone(0));
  }
  expect(asked).toHaveLength(100);
  await tokenFor(someone(50));
  expect(asked).toHaveLength(101);
});

it('keeps a signing alive that the request which began it may not wait for', async () => {
  const kept: Promise<unknown>[] = [];
  const { tokenFor } = start({ keepAlive: (work) => kept.push(work) });
  await tokenFor(buildPrincipal());
  await tokenFor(buildPrincipal());

  expect(kept).toHaveLength(1);
});
