import { describe, expect, it } from 'vitest';
import { readForeignRoles, readOwnRoles } from '../../../../src/gateway/authenticators/role-claims.ts';

const REFUSED = { ok: false, reason: 'claim_malformed' };
const path = ['realm_access', 'roles'];
const payload = (roles: unknown) => ({ realm_access: { roles } });

describe('our own roles', () => {
  it('come sorted and once each', () => {
    expect(readOwnRoles(['doctor', 'admin', 'doctor'])).toEqual({ ok: true, value: ['admin', 'doctor'] });
  });

  it.each([undefined, null, 'doctor', {}, [1], ['Doctor'], ['a,admin'], ['']])(
    'refuse the token for %j',
    (roles) => {
      expect(readOwnRoles(roles)).toEqual(REFUSED);
    },
  );
});

describe('foreign roles without a map', () => {
  it.each<[unknown, string[]]>([
    [
      ['doctor', 'offline_access', 'a:b.c-d'],
      ['a:b.c-d', 'doctor', 'offline_access'],
    ],
    ['doctor', ['doctor']],
    [[], []],
    [undefined, []],
    [null, []],
    [['Doctor', '/clinic/staff', 'Ärztin', 'r'.repeat(129), '', 'doctor'], ['doctor']],
  ])('of %j are the valid names among them', (roles, expected) => {
    expect(readForeignRoles(payload(roles), { claimPath: path, map: undefined })).toEqual({
      ok: true,
      value: expected,
    });
  });

  it.each([1, true, { doctor: true }, [1], [['doctor']], ['a,admin'], ['a admin'], 'doctor admin'])(
    'refuse the token for %j',
    (roles) => {
      expect(readForeignRoles(payload(roles), { claimPath: path, map: undefined })).toEqual(REFUSED);
    },
  );

  it.each([[{}], [{ realm_access: null }], [{ realm_access: ['x'] }], [{ realm_access: 'x' }]])(
    'are none in %j',
    (claims) => {
      expect(readForeignRoles(claims, { claimPath: path, map: undefined })).toEqual({ ok: true, value: [] });
    },
  );

  it('are not found in inherited members', () => {
    expect(readForeignRoles({}, { claimPath: ['constructor', 'name'], map: undefined })).toEqual({
      ok: true,
      value: [],
    });
  });
});

describe('foreign roles with a map', () => {
  const map = new Map([
    ['physician', 'doctor'],
    ['Chief, Surgery', 'doctor'],
    ['Ops', 'admin'],
  ]);

  it('are what the map makes of those it names, exactly', () => {
    const roles = ['physician', 'Chief, Surgery', 'ops', 'admin', 'a,admin', '__proto__'];
    expect(readForeignRoles(payload(roles), { claimPath: path, map })).toEqual({
      ok: true,
      value: ['doctor'],
    });
  });

  it('are none where the map is empty', () => {
    const mapping = { claimPath: path, map: new Map<string, string>() };
    expect(readForeignRoles(payload(['doctor']), mapping)).toEqual({ ok: true, value: [] });
  });
});
