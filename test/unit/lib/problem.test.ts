import { describe, expect, it } from 'vitest';
import { problemAnswer } from '../../../src/lib/problem.ts';

describe('problemAnswer', () => {
  it('writes the members of RFC 9457 with code and request_id, and forbids caching', () => {
    const answer = problemAnswer({ status: 404, code: 'no_route', title: 'No such route', requestId: 'r-1' });
    expect(answer.status).toBe(404);
    expect(answer.headers).toEqual(['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store']);
    expect(JSON.parse(answer.body)).toEqual({
      type: 'urn:wardgate:problem:no_route',
      title: 'No such route',
      status: 404,
      code: 'no_route',
      request_id: 'r-1',
    });
  });

  it('has no request_id where the request has none', () => {
    const answer = problemAnswer({ status: 401, code: 'no', title: 'No', requestId: undefined });
    expect(JSON.parse(answer.body)).not.toHaveProperty('request_id');
  });

  it('adds the detail and the header fields that it is given', () => {
    const problem = { status: 503, code: 'unavailable', title: 'Unavailable', requestId: 'r-2' };
    const answer = problemAnswer({ ...problem, detail: 'Try again.', headers: ['Retry-After', '2'] });
    expect(answer.headers.slice(-2)).toEqual(['Retry-After', '2']);
    expect(JSON.parse(answer.body)).toMatchObject({ detail: 'Try again.' });
  });
});
