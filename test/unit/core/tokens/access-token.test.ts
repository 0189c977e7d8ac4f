import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../../src/core/keys/secret-box.ts';
import { createSigningKeys } from '../../../../src/core/keys/signing-keys.ts';
import { createAccessTokens } from '../../../../src/core/tokens/access-token.ts';
import { createIssueTime } from '../../../../src/core/tokens/issue-time.ts';
import { silentLog } from '../../../../src/lib/log.ts';
import { createRecordingAuditLog } from '../../../support/core/recording-audit-log.ts';
import { createManualClock, createMemoryStores } from '../../../support/memory-stores/memory-stores.ts';

interface IssueOptions {
  readonly roles?: readonly string[];
  readonly clientId?: string;
  readonly asked?: readonly string[];
  readonly sessionSeconds?: number;
  readonly afterSeconds?: number;
}

async function issue(options: IssueOptions) {
  const clock = createManualClock();
  const stores = createMemoryStores(clock.now);
  const box = createSecretBox(['a-secret-of-at-least-32-bytes-00000']);
  const keys = createSigningKeys({
    store: stores.signingKeys,
    box,
    algorithm: 'ES256',
    audit: createRecordingAuditLog(),
    clock: clock.now,
    log: silentLog,
  });
  const roleScopes = new Map([
    ['doctor', ['b:read', 'a:read']],
    ['admin', ['a:read', 'c:write']],
  ]);
  const tokens = createAccessTokens({
    keys,
    issuer: 'https://i',
    audience: 'a',
    roleScopes,
    issueTime: createIssueTime({ issueClock: clock.now }),
    clock: clock.now,
  });
  const created = await stores.users.create({
    email: 'u@demo.test',
    username: 'u',
    passwordHash: undefined,
    roles: options.roles ?? [],
    patientId: undefined,
    doctorId: undefined,
  });
  if (created.kind !== 'created') throw new Error('the user could not be made');
  const session = await stores.sessions.begin({
    userId: created.user.id,
    clientId: options.clientId,
    transport: 'bearer',
    amr: ['pwd'],
    acr: 'aal1',
    tokenHash: undefined,
    lifetimeSeconds: options.sessionSeconds ?? 86_400,
    clientAddress: undefined,
    userAgent: undefined,
  });
  clock.advanceSeconds(options.afterSeconds ?? 0);
  return tokens.issueAccessToken(created.user, session, { scopes: options.asked });
}

describe('issueAccessToken', () => {
  it('is good for fifteen minutes, and tells when the user logged in', async () => {
    const { token, expiresInSeconds } = await issue({ afterSeconds: 3600 });
    const { iat = 0, exp = 0, auth_time } = decodeJwt(token);
    expect([expiresInSeconds, exp - iat, iat - Number(auth_time)]).toEqual([900, 900, 3600]);
  });

  it('never outlives its session', async () => {
    const { token, expiresInSeconds } = await issue({ sessionSeconds: 1000, afterSeconds: 700 });
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect([expiresInSeconds, exp - iat]).toEqual([300, 300]);
  });

  it('joins the scopes of all roles, sorted and once each; a role without scopes brings none', async () => {
    const { token } = await issue({ roles: ['doctor', 'nurse', 'admin', 'doctor'] });
    expect(decodeJwt(token)).toMatchObject({
      roles: ['admin', 'doctor', 'nurse'],
      scope: 'a:read b:read c:write',
    });
  });

  it('has the scopes that are asked for, and none that the roles do not bring', async () => {
    const { token, scopes } = await issue({ roles: ['doctor'], asked: ['c:write', 'a:read'] });
    expect({ scopes, scope: decodeJwt(token).scope }).toEqual({ scopes: ['a:read'], scope: 'a:read' });
  });

  it('names the client of the session, and Wardgate where there is none', async () => {
    const clientId = `cli_${'0'.repeat(32)}`;
    expect(decodeJwt((await issue({ clientId })).token).client_id).toBe(clientId);
    expect(decodeJwt((await issue({})).token).client_id).toBe('wardgate');
  });

  it.each(['a,admin', 'a admin', '', 'Admin', 'a\r\n'])('refuses the stored role %j', async (role) => {
    await expect(issue({ roles: ['doctor', role] })).rejects.toThrow('a stored role is not a role name');
  });
});
