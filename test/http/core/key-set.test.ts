import { describe, expect, it } from 'vitest';
import { startCoreApp } from '../../support/core/core-app.ts';

const KEY_SET = '/.well-known/jwks.json';

describe('GET /.well-known/jwks.json', () => {
  it('shows public members only, for five minutes, to everyone', async () => {
    const { send } = await startCoreApp();
    const response = await send('GET', KEY_SET);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(response.headers.get('content-type')).toBe('application/json');
    const { keys } = await response.json();
    expect(keys.map((key: object) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ]);
  });

  it('answers 304 without a body to who has it already', async () => {
    const { send } = await startCoreApp();
    const etag = (await send('GET', KEY_SET)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const response = await send('GET', KEY_SET, { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
    expect(response.headers.get('etag')).toBe(etag);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const changed = await send('GET', KEY_SET, { headers: { 'if-none-match': '"other"' } });
    expect(changed.status).toBe(200);
  });
});
