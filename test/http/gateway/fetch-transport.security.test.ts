import { describe, expect, it } from 'vitest';
import { DOCTOR_ID, signToken } from '../../support/tokens/tokens.ts';
import { createEdgeInMemory } from './edge-in-memory.ts';

const FORGED = { 'x-user-id': 'admin', 'x-user-roles': 'admin', x_user_id: 'admin', 'x-real-ip': '10.0.0.1' };

describe('the transport of fetch', () => {
  it('sends the identity that was verified in place of what the client sent, and not the token', async () => {
    const { ask, sent } = await createEdgeInMemory();
    await ask('/records/1', { headers: { ...FORGED, authorization: `Bearer ${await signToken()}` } });
    const headers = new Headers(sent[0]?.init.headers);
    expect(headers.get('x-user-id')).toBe(DOCTOR_ID);
    expect(headers.get('x-user-roles')).toBe('doctor');
    for (const name of ['x_user_id', 'x-real-ip', 'authorization']) expect(headers.has(name)).toBe(false);
    expect(headers.get('x-forwarded-for')).toBe('198.51.100.7');
  });

  it('sends empty identity headers where nobody was identified', async () => {
    const { ask, sent } = await createEdgeInMemory();
    await ask('/public/x', { headers: FORGED });
    const headers = new Headers(sent[0]?.init.headers);
    expect([headers.get('x-user-id'), headers.get('x-user-roles')]).toEqual(['', '']);
  });

  it('refuses a credential that was repeated, which comes joined by a comma', async () => {
    const { ask, sent } = await createEdgeInMemory();
    const authorization = `Bearer ${await signToken()}`;
    const response = await ask('/records/1', {
      headers: { authorization: `${authorization}, ${authorization}` },
    });
    expect(response.status).toBe(400);
    expect(sent).toEqual([]);
  });

  it.each([
    ['/records/1', 401],
    ['/public/..%2frecords/1', 400],
    ['/public/%252e%252e/records/1', 400],
    ['/public/../records/1', 401],
    ['/_gateway/auth/nginx', 403],
    ['/nowhere', 404],
  ])('sends nothing upstream for %s without a credential, and answers %i', async (target, status) => {
    const { ask, sent } = await createEdgeInMemory();
    expect((await ask(target)).status).toBe(status);
    expect(sent).toEqual([]);
  });

  it('answers a bug with a plain 500 that tells nothing, and logs it without what the client sent', async () => {
    const handle = () => Promise.reject(new Error('secret of the request'));
    const { ask, sent, logged } = await createEdgeInMemory({ gateway: { handle } });
    const response = await ask('/public/x');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(sent).toEqual([]);
    expect(logged).toEqual([
      JSON.stringify({ message: 'request failed', request_id: 'req_1', error: 'Error' }),
    ]);
  });
});
