import { describe, expect, it } from 'vitest';
import { ID_TABLE_PARTS } from '../../../../src/gateway/revocation/id-table.ts';
import { createRevocationIndex } from '../../../../src/gateway/revocation/revocation-index.ts';
import { createId } from '../../../../src/identity/ids.ts';
import type { Principal } from '../../../../src/identity/principal.ts';
import type { RevocableKind } from '../../../../src/identity/revocation.ts';
import { buildPrincipal } from '../../../support/gateway/policies.ts';

const AT = 1_700_000_000;
const USER = createId('user');
const SESSION = createId('session');
const CLIENT = createId('client');
const OTHER = createId('client');
const TOKEN = createId('token');
const KEY = createId('key');
const API_KEY = createId('api_key');

/** What becomes of a principal once something was revoked at `AT` and half a second. */
function isRevokedAfter(kind: RevocableKind, id: string, principal: Partial<Principal>): boolean {
  const index = createRevocationIndex({ elapsed: () => AT * 1000, rememberSeconds: 900 });
  index.add({ kind, id, revokedAtMs: AT * 1000 + 500 });
  const user = { subject: USER, sessionId: SESSION, tokenId: TOKEN, issuedAt: AT };
  return index.isRevoked(buildPrincipal({ ...user, ...principal }));
}

const client = { kind: 'client', subject: CLIENT, sessionId: undefined } as const;
const apiKey = { kind: 'api_key', subject: API_KEY, sessionId: undefined, tokenId: undefined } as const;

describe('the revocation index', () => {
  it.each<[RevocableKind, string, Partial<Principal>]>([
    ['session', SESSION, {}],
    ['session', SESSION, { issuedAt: AT + 60 }],
    ['user', USER, {}],
    ['token', TOKEN, {}],
    ['token', TOKEN, client],
    ['client', CLIENT, client],
    ['client', CLIENT, { claims: { client_id: CLIENT } }],
    ['client', CLIENT, { claims: { client_id: OTHER, act: { sub: OTHER, act: { sub: CLIENT } } } }],
    ['api_key', API_KEY, { ...apiKey, issuedAt: undefined }],
    ['key', KEY, { keyId: KEY, issuedAt: AT + 60 }],
  ])('refuses what stands on a revoked %s', (kind, id, principal) => {
    expect(isRevokedAfter(kind, id, principal)).toBe(true);
  });

  it.each<[string, RevocableKind, string, Partial<Principal>]>([
    ['another session', 'session', createId('session'), {}],
    ['another token', 'token', createId('token'), {}],
    ['a session of another user', 'user', createId('user'), {}],
    ['a client that the token was not issued to', 'client', createId('client'), client],
    ['another signing key', 'key', createId('key'), { keyId: KEY }],
    ['a signing key, where there is no token', 'key', KEY, apiKey],
  ])('lets pass what stands on none: %s', (_what, kind, id, principal) => {
    expect(isRevokedAfter(kind, id, principal)).toBe(false);
  });

  it.each<[RevocableKind, string, Partial<Principal>]>([
    ['user', USER, {}],
    ['client', CLIENT, client],
  ])('grants the core’s clock two seconds against the database’s where a %s is revoked', (kind, id, of) => {
    expect(isRevokedAfter(kind, id, { ...of, issuedAt: AT + 2 })).toBe(true);
    expect(isRevokedAfter(kind, id, { ...of, issuedAt: AT + 3 })).toBe(false);
  });

  it('lets a browser’s session pass when something was taken from its user: it is looked up as it is now', () => {
    expect(isRevokedAfter('user', USER, { authenticatedBy: 'session', issuedAt: undefined })).toBe(false);
  });

  it('does not look up principals of other issuers', () => {
    expect(isRevokedAfter('session', SESSION, { issuerId: 'keycloak' })).toBe(false);
  });

  it('forgets when nothing that it lists can still be good, and not before', () => {
    let now = AT;
    const index = createRevocationIndex({ elapsed: () => now * 1000, rememberSeconds: 900 });
    for (const kind of ['session', 'user', 'client', 'api_key', 'token', 'key'] as const)
      index.add({ kind, id: createId(kind), revokedAtMs: AT * 1000 });
    expect(index.size()).toBe(5);
    const forget = () => {
      for (let part = 0; part < ID_TABLE_PARTS; part += 1) index.forgetSome();
    };
    now = AT + 900;
    forget();
    expect(index.size()).toBe(5);
    now = AT + 901;
    forget();
    expect(index.size()).toBe(2);
    now = AT + 1800;
    forget();
    expect(index.size()).toBe(2);
    now = AT + 1802;
    forget();
    expect(index.size()).toBe(0);
  });

  it.each([
    ['session', SESSION],
    ['user', USER],
  ] as const)('remembers a %s from when it was told, whatever the other clock says', (kind, id) => {
    let now = 0;
    const index = createRevocationIndex({ elapsed: () => now * 1000, rememberSeconds: 900 });
    now = 800;
    index.add({ kind, id, revokedAtMs: (AT - 86_400) * 1000 });
    for (; now < 1700; now += 1) index.forgetSome();
    const told = { sessionId: SESSION, subject: USER, issuedAt: AT - 86_400 };
    expect(index.isRevoked(buildPrincipal(told))).toBe(true);
  });
});
