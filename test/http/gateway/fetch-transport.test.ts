import { describe, expect, it } from 'vitest';
import { signToken } from '../../support/tokens/tokens.ts';
import { createEdgeInMemory } from './edge-in-memory.ts';

const doctor = async () => ({ authorization: `Bearer ${await signToken()}` });

describe('a request that is allowed', () => {
  it('goes to its upstream with its method, path, query and body', async () => {
    const { ask, sent } = await createEdgeInMemory();
    await ask('/records/1?b=2', { method: 'POST', body: 'a note', headers: await doctor() });
    expect(sent[0]?.url).toBe('http://records.test/base/records/1?b=2');
    expect(sent[0]?.init.method).toBe('POST');
    expect(await new Response(sent[0]?.init.body).text()).toBe('a note');
    expect(sent[0]?.init.redirect).toBe('manual');
  });

  it('comes back with the status and the fields of the upstream', async () => {
    const upstream = async () =>
      new Response('moved', { status: 302, headers: { location: '/elsewhere', connection: 'keep-alive' } });
    const { ask, observed } = await createEdgeInMemory({ upstream });
    const response = await ask('/public/x');
    expect([response.status, await response.text()]).toEqual([302, 'moved']);
    expect([...response.headers.keys()].sort()).toEqual(['content-type', 'location']);
    expect(observed).toEqual([{ record: expect.objectContaining({ routeId: 'public' }), status: 302 }]);
  });
});

describe('an upstream that fails', () => {
  it('is a 502 when it cannot be reached', async () => {
    const { ask } = await createEdgeInMemory({ upstream: () => Promise.reject(new TypeError('no network')) });
    const response = await ask('/public/x');
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'upstream_failed', request_id: 'req_1' });
  });

  it('is a 504 when its headers do not come in time, and is then let go', async () => {
    let given: AbortSignal | null | undefined;
    const upstream: typeof fetch = (_url, init) => {
      given = init?.signal;
      return new Promise((_resolve, reject) => given?.addEventListener('abort', () => reject(given?.reason)));
    };
    const { ask } = await createEdgeInMemory({ upstream });
    const response = await ask('/public/x');
    expect(response.status).toBe(504);
    expect(given?.aborted).toBe(true);
  });

  it('is let go when the client goes away', async () => {
    const leaving = new AbortController();
    let given: AbortSignal | null | undefined;
    const upstream: typeof fetch = async (_url, init) => {
      given = init?.signal;
      return new Response('served');
    };
    const { ask } = await createEdgeInMemory({ upstream });
    await ask('/public/x', { signal: leaving.signal });
    expect(given?.aborted).toBe(false);
    leaving.abort();
    expect(given?.aborted).toBe(true);
  });
});

describe('a path of our own', () => {
  it('is answered by the app, which sees the canonical path', async () => {
    const { ask, sent, observed } = await createEdgeInMemory();
    const response = await ask('//%68ealth');
    expect(await response.json()).toEqual({ url: 'https://clinic.test/health', requestId: 'req_1' });
    expect(sent).toEqual([]);
    expect(observed[0]?.record).toMatchObject({ mode: 'app', path: '/health', outcome: 'answered' });
    expect(observed[0]?.record).not.toHaveProperty('code');
  });

  it('is observed with what the app refused it with', async () => {
    const { ask, observed } = await createEdgeInMemory({
      app: (_request, { refused }) => {
        refused?.('credential_missing');
        return new Response(null, { status: 401 });
      },
    });
    await ask('/metrics');
    expect(observed[0]).toMatchObject({
      status: 401,
      record: { outcome: 'answered', code: 'credential_missing' },
    });
  });
});
