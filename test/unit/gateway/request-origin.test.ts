import { describe, expect, it } from 'vitest';
import { isCrossOrigin, preflightMethod } from '../../../src/gateway/request-origin.ts';

const TRUSTED = new Set(['https://app.example']);
const isRefused = (method: string, ...headers: string[]) => isCrossOrigin({ method, headers }, TRUSTED);

describe('isCrossOrigin', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass', (method) => {
    expect(isRefused(method, 'Origin', 'https://evil.example')).toBe(false);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'QUERY'])(
    'lets %s pass from a trusted origin only',
    (method) => {
      expect(isRefused(method, 'Origin', 'https://app.example')).toBe(false);
      expect(isRefused(method, 'Origin', 'https://evil.example')).toBe(true);
    },
  );

  it.each([
    'null',
    '',
    'https://app.example:444',
    'http://app.example',
    'https://app.example.evil',
    'HTTPS://APP.EXAMPLE',
  ])('refuses the origin %j', (origin) => {
    expect(isRefused('POST', 'Origin', origin)).toBe(true);
  });

  it('refuses what is said twice, even if both are trusted', () => {
    expect(isRefused('POST', 'Origin', 'https://app.example', 'Origin', 'https://app.example')).toBe(true);
    expect(isRefused('POST', 'Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Site', 'same-origin')).toBe(true);
  });

  it('without Origin takes the browser’s word that it is the same origin, and nothing else', () => {
    expect(isRefused('POST', 'Sec-Fetch-Site', 'same-origin')).toBe(false);
    expect(isRefused('POST', 'Sec-Fetch-Site', 'same-site')).toBe(true);
    expect(isRefused('POST', 'Sec-Fetch-Site', 'none')).toBe(true);
    expect(isRefused('POST')).toBe(true);
  });

  it('does not count a WebSocket handshake as safe', () => {
    expect(isRefused('GET', 'Upgrade', 'websocket', 'Origin', 'https://evil.example')).toBe(true);
    expect(isRefused('GET', 'Upgrade', 'websocket', 'Origin', 'https://app.example')).toBe(false);
    expect(isRefused('GET', 'Sec-WebSocket-Key', 'AAAA', 'Origin', 'https://evil.example')).toBe(true);
  });
});

describe('preflightMethod', () => {
  const REAL = ['Origin', 'https://a.example', 'Access-Control-Request-Method', 'PUT'];

  it('names the method that a real preflight asks for', () => {
    expect(preflightMethod({ method: 'OPTIONS', headers: REAL })).toBe('PUT');
  });

  it.each([
    ['another method', 'GET', REAL],
    ['no origin', 'OPTIONS', REAL.slice(2)],
    ['no asked method', 'OPTIONS', REAL.slice(0, 2)],
    ['two asked methods', 'OPTIONS', [...REAL, 'Access-Control-Request-Method', 'GET']],
    ['a credential', 'OPTIONS', [...REAL, 'Authorization', 'Bearer x']],
    ['a body', 'OPTIONS', [...REAL, 'Content-Length', '5']],
    ['a chunked body', 'OPTIONS', [...REAL, 'Transfer-Encoding', 'chunked']],
    ['an upgrade', 'OPTIONS', [...REAL, 'Upgrade', 'websocket']],
  ])('takes a request with %s for no preflight', (_what, method, headers) => {
    expect(preflightMethod({ method, headers })).toBeUndefined();
  });
});
