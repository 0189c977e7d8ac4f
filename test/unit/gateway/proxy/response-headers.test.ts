import { describe, expect, it } from 'vitest';
import { responseHeaders } from '../../../../src/gateway/proxy/response-headers.ts';

describe('responseHeaders', () => {
  it('passes fields in order and with duplicates', () => {
    const fields = [
      'Set-Cookie',
      'a=1',
      'Via',
      '1.1 x',
      'set-cookie',
      'b=2; Path=/',
      'Location',
      '/x',
      'Content-Length',
      '3',
    ];

    expect(responseHeaders(fields)).toEqual(fields);
  });

  it('leaves out what belongs to one connection, and what Connection names', () => {
    const hop = [
      'Keep-Alive',
      't',
      'Transfer-Encoding',
      'chunked',
      'Trailer',
      'x',
      'Upgrade',
      'h2c',
      'TE',
      'x',
    ];
    const named = ['X-Hop', '1', 'Connection', 'close, x-hop', 'X-Stay', '2'];

    expect(responseHeaders([...hop, ...named])).toEqual(['X-Stay', '2']);
  });

  it('leaves out identity headers in any spelling', () => {
    expect(responseHeaders(['X-User-Id', 'a', 'x_user_roles', 'b', 'X-Other', 'c'])).toEqual([
      'X-Other',
      'c',
    ]);
  });

  it.each([
    '__Host-wardgate_session=x; Path=/',
    '__host-wardgate_session=x',
    'wardgate_session=x',
    ' access_token =x; Domain=example',
    'refresh_token=',
    'access_token',
  ])('lets no upstream set our cookie: %s', (cookie) => {
    expect(responseHeaders(['Set-Cookie', cookie, 'Set-Cookie', 'their_access_token=1'])).toEqual([
      'Set-Cookie',
      'their_access_token=1',
    ]);
  });
});
