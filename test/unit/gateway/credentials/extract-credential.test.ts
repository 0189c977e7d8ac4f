import { describe, expect, it } from 'vitest';
import { CREDENTIAL_KINDS, type CredentialKind } from '../../../../src/gateway/credentials/credential.ts';
import { extractCredential } from '../../../../src/gateway/credentials/extract-credential.ts';

const SESSION = 'A'.repeat(43);
const OTHER_SESSION = 'B'.repeat(43);

function extract(headers: readonly string[], kinds: readonly CredentialKind[] = CREDENTIAL_KINDS) {
  return extractCredential(headers, { kinds: new Set(kinds), sessionCookieName: '__Host-wardgate_session' });
}

function foundToken(token: string) {
  return { kind: 'found', credential: { kind: 'access_token', token, fromCookie: false } };
}

describe('extractCredential: the Authorization header', () => {
  it.each(['Bearer t.o.k', 'bearer t.o.k', 'BEARER t.o.k', 'Bearer    t.o.k'])('reads %j', (value) => {
    expect(extract(['Authorization', value])).toEqual(foundToken('t.o.k'));
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a\tb',
    'Basic dXNlcjpwYXNz',
    'Bearert.o.k',
    '',
    'Digest x',
  ])('calls %j malformed, never missing', (value) => {
    expect(extract(['authorization', value])).toEqual({ kind: 'malformed' });
  });

  it('calls a repeated header ambiguous, however its name is written', () => {
    expect(extract(['Authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer b'])).toEqual({
      kind: 'ambiguous',
    });
  });

  it('calls a header that a runtime joined ambiguous', () => {
    expect(extract(['authorization', 'Bearer a, Bearer b'])).toEqual({ kind: 'ambiguous' });
  });

  it('does not take a name with an underscore for the header', () => {
    expect(extract(['Authorization_', 'Bearer a', 'X-Authorization', 'Bearer b'])).toEqual({ kind: 'none' });
  });

  it('does not look at it where bearer tokens are not enabled', () => {
    expect(extract(['Authorization', 'Bearer a.b.c'], ['session_cookie'])).toEqual({ kind: 'none' });
  });
});

describe('extractCredential: cookies', () => {
  const found = (token: string) => ({
    kind: 'found',
    credential: { kind: 'session_token', token, fromCookie: true },
  });

  it('reads the session among other cookies and over several fields', () => {
    expect(extract(['Cookie', 'a=1; b=2', 'Cookie', `c=3; __Host-wardgate_session=${SESSION}`])).toEqual(
      found(SESSION),
    );
  });

  it.each([
    ['too short', 'abc'],
    ['too long', `${SESSION}A`],
    ['quoted', `"${SESSION}"`],
    ['of other characters', `${'A'.repeat(42)}!`],
    ['empty', ''],
    ['oversized', 'A'.repeat(100_000)],
  ])('treats a session cookie that is %s exactly as none', (_what, value) => {
    expect(extract(['Cookie', `__Host-wardgate_session=${value}`])).toEqual({ kind: 'none' });
  });

  it('calls two session cookies ambiguous, in one field or in two', () => {
    const pair = (token: string) => `__Host-wardgate_session=${token}`;
    expect(extract(['Cookie', `${pair(SESSION)}; ${pair(OTHER_SESSION)}`])).toEqual({ kind: 'ambiguous' });
    expect(extract(['Cookie', pair(SESSION), 'Cookie', pair(SESSION)])).toEqual({ kind: 'ambiguous' });
  });

  it('takes neither the development name nor a name that only ends alike', () => {
    expect(extract(['Cookie', `wardgate_session=${SESSION}; x__Host-wardgate_session=${SESSION}`])).toEqual({
      kind: 'none',
    });
  });

  it.each(['\u00a0', '\ufeff', '\u2000', '\v'])(
    'does not take a name behind %j for the session’s, as a browser would not',
    (blank) => {
      expect(extract(['Cookie', `${blank}__Host-wardgate_session=${SESSION}`])).toEqual({ kind: 'none' });
    },
  );

  it('takes spaces and tabs around a pair for nothing', () => {
    expect(extract(['Cookie', `a=1;\t __Host-wardgate_session = ${SESSION} `])).toEqual(found(SESSION));
  });

  it('compares names with their case', () => {
    expect(extract(['Cookie', `__host-wardgate_session=${SESSION}`])).toEqual({ kind: 'none' });
  });

  it('reads an access token from its cookie, marked as one that rides along', () => {
    expect(extract(['Cookie', 'access_token=aa.bb.cc'])).toEqual({
      kind: 'found',
      credential: { kind: 'access_token', token: 'aa.bb.cc', fromCookie: true },
    });
  });

  it.each(['aa.bb', 'aa.bb.cc.dd', 'a a.bb.cc', `${'a'.repeat(9000)}.b.c`])(
    'treats an access-token cookie without the shape of a token as none',
    (value) => {
      expect(extract(['Cookie', `access_token=${value}`])).toEqual({ kind: 'none' });
    },
  );
});

describe('extractCredential: several credentials', () => {
  it('judges the header alone where a cookie rides along', () => {
    const headers = ['Cookie', `__Host-wardgate_session=${SESSION}`, 'Authorization', 'Bearer t.o.k'];
    expect(extract(headers)).toEqual(foundToken('t.o.k'));
  });

  it('does not fall back to a good cookie behind a header that is no bearer token', () => {
    const headers = ['Cookie', `__Host-wardgate_session=${SESSION}`, 'Authorization', 'Basic dTpw'];
    expect(extract(headers)).toEqual({ kind: 'malformed' });
  });

  it('calls a bearer token beside an API key ambiguous', () => {
    expect(extract(['Authorization', 'Bearer a.b.c', 'X-API-Key', 'k'])).toEqual({ kind: 'ambiguous' });
  });

  it('takes the session before the access token among cookies', () => {
    const finding = extract(['Cookie', `access_token=a.b.c; __Host-wardgate_session=${SESSION}`]);
    expect(finding).toMatchObject({ credential: { kind: 'session_token', token: SESSION } });
  });

  it('finds nothing where nothing is', () => {
    expect(extract(['Host', 'x', 'Cookie', 'theme=dark'])).toEqual({ kind: 'none' });
  });
});

describe('extractCredential: API keys', () => {
  it('reads the one key', () => {
    expect(extract(['x-api-KEY', 'wg_k'])).toEqual({
      kind: 'found',
      credential: { kind: 'api_key', key: 'wg_k', fromCookie: false },
    });
  });

  it('calls two keys ambiguous and an empty one malformed', () => {
    expect(extract(['X-API-Key', 'a', 'X-API-Key', 'b'])).toEqual({ kind: 'ambiguous' });
    expect(extract(['X-API-Key', ''])).toEqual({ kind: 'malformed' });
  });
});
