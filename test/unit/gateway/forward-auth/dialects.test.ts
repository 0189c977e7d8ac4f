import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../../src/gateway/forward-auth/dialect.ts';
import { DIALECTS, findDialect } from '../../../../src/gateway/forward-auth/dialects.ts';
import type { WireRequest } from '../../../../src/gateway/handling.ts';
import { problemAnswer } from '../../../../src/lib/problem.ts';

const HEADERS: Record<Dialect['name'], { method: string; target: string; foreign: readonly string[] }> = {
  nginx: {
    method: 'X-Original-Method',
    target: 'X-Original-URI',
    foreign: ['X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', '/public', 'X-Original-URL', '/public'],
  },
  traefik: {
    method: 'X-Forwarded-Method',
    target: 'X-Forwarded-Uri',
    foreign: ['X-Original-Method', 'GET', 'X-Original-URI', '/public', 'X-Original-URL', '/public'],
  },
  caddy: {
    method: 'X-Forwarded-Method',
    target: 'X-Forwarded-Uri',
    foreign: ['X-Original-Method', 'GET', 'X-Original-URI', '/public', 'X-Original-URL', '/public'],
  },
};

function subRequest(dialect: Dialect, headers: readonly string[]): WireRequest {
  return {
    method: 'GET',
    target: `${dialect.path}?rd=/public`,
    headers: ['Host', 'wardgate', ...headers],
    peerAddress: '127.0.0.1',
    encrypted: false,
    requestId: 'req_1',
  };
}

describe('findDialect', () => {
  it('finds each dialect at its own path', () => {
    expect(DIALECTS.map(({ path }) => findDialect(path)?.name)).toEqual(['nginx', 'traefik', 'caddy']);
  });

  it.each([
    '/_gateway/auth',
    '/_gateway/auth/',
    '/_gateway/auth/nginx/',
    '/_gateway/auth/nginx/health',
    '/_gateway/auth/Nginx',
    '/_gateway/auth/nginx?x',
    '/health/_gateway/auth/nginx',
    '/_gateway/auth/constructor',
  ])('finds none at %s', (path) => {
    expect(findDialect(path)).toBeUndefined();
  });
});

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))(
  'the %s dialect',
  (name, dialect) => {
    const { method, target, foreign } = HEADERS[name];

    it('reads the original request from its own headers', () => {
      expect(dialect.readOriginal(subRequest(dialect, [method, 'PUT', target, '/patients/p-1?x=1']))).toEqual(
        {
          ok: true,
          value: { method: 'PUT', target: '/patients/p-1?x=1' },
        },
      );
    });

    it('never falls back to the line of the sub-request or to the headers of another dialect', () => {
      expect(dialect.readOriginal(subRequest(dialect, []))).toEqual({
        ok: false,
        reason: 'dialect_header_missing',
      });
      expect(dialect.readOriginal(subRequest(dialect, foreign))).toEqual({
        ok: false,
        reason: 'dialect_header_missing',
      });
    });

    it('is not swayed by the headers of another dialect', () => {
      const headers = [...foreign, method, 'GET', target, '/secret', ...foreign];
      expect(dialect.readOriginal(subRequest(dialect, headers))).toMatchObject({
        value: { target: '/secret' },
      });
    });

    it('allows by 200 with all identity headers, empty where nothing is said, and no body', () => {
      expect(dialect.allowed(['X-User-Id', 'usr_1', 'X-Session-Id', ''])).toEqual({
        status: 200,
        headers: [
          ...['X-User-Id', 'usr_1', 'X-Session-Id', ''],
          ...['x-user-roles', '', 'x-consumer-username', '', 'x-identity-assertion', ''],
          ...['Cache-Control', 'no-store'],
        ],
        body: '',
      });
    });

    it.each([400, 401, 403, 404, 405, 503])(
      'keeps status, headers and body of a denial with %i',
      (status) => {
        const answer = problemAnswer({
          status,
          code: 'no',
          title: 'No',
          requestId: 'req_1',
          headers: ['Allow', 'GET'],
        });
        const denied = dialect.denied(answer);
        expect(denied).toMatchObject({ status, body: answer.body });
        expect(denied.headers.slice(0, answer.headers.length)).toEqual(answer.headers);
      },
    );
  },
);

describe('the nginx dialect', () => {
  const nginx = findDialect('/_gateway/auth/nginx') as Dialect;

  it('repeats the body of a denial in a header, because nginx throws the body away', () => {
    const answer = problemAnswer({ status: 404, code: 'no_route', title: 'Nothing', requestId: 'req_1' });
    expect(nginx.denied(answer).headers.slice(-2)).toEqual(['X-Wardgate-Problem', answer.body]);
  });

  it.each(['', 'caf\u00e9', 'two\r\nlines', 'x'.repeat(2000)])(
    'leaves out that header where a header cannot hold the body (%j)',
    (body) => {
      expect(nginx.denied({ status: 403, headers: [], body })).toEqual({ status: 403, headers: [], body });
    },
  );
});
