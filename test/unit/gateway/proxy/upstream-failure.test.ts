import { expect, it } from 'vitest';
import {
  type UpstreamFailure,
  upstreamFailureAnswer,
} from '../../../../src/gateway/proxy/upstream-failure.ts';

it.each<[UpstreamFailure, number, string]>([
  ['connect_failed', 502, 'upstream_failed'],
  ['reset', 502, 'upstream_failed'],
  ['response_malformed', 502, 'upstream_failed'],
  ['response_headers_too_large', 502, 'upstream_failed'],
  ['connect_timeout', 504, 'upstream_timeout'],
  ['headers_timeout', 504, 'upstream_timeout'],
  ['idle_timeout', 504, 'upstream_timeout'],
  ['client_idle', 408, 'request_timeout'],
])('answers %s with %i %s', (failure, status, code) => {
  const answer = upstreamFailureAnswer(failure, 'req-1');

  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, request_id: 'req-1' });
});
