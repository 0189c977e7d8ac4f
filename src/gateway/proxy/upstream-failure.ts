import { problemAnswer } from '../../lib/problem.ts';
import type { Answer } from '../answer.ts';

/** Why a request that was allowed got no response of its upstream. */
export type UpstreamFailure =
  | 'connect_failed'
  | 'connect_timeout'
  /** Connected, but no response's headers in time. */
  | 'headers_timeout'
  /** Silence for too long in between, on the upstream's side. */
  | 'idle_timeout'
  /** The client was silent for too long while sending the body. */
  | 'client_idle'
  | 'reset'
  | 'response_malformed'
  | 'response_headers_too_large';

interface Said {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

const BAD_GATEWAY: Said = {
  status: 502,
  code: 'upstream_failed',
  title: 'The service behind the gateway failed.',
};
const GATEWAY_TIMEOUT: Said = {
  status: 504,
  code: 'upstream_timeout',
  title: 'The service behind the gateway did not answer in time.',
};
const REQUEST_TIMEOUT: Said = {
  status: 408,
  code: 'request_timeout',
  title: 'The request was not completed in time.',
};

function said(failure: UpstreamFailure): Said {
  switch (failure) {
    case 'connect_failed':
    case 'reset':
    case 'response_malformed':
    case 'response_headers_too_large':
      return BAD_GATEWAY;
    case 'connect_timeout':
    case 'headers_timeout':
    case 'idle_timeout':
      return GATEWAY_TIMEOUT;
    case 'client_idle':
      return REQUEST_TIMEOUT;
  }
}

/**
 * The answer to a request whose upstream gave none: 502 or 504, or 408 where the client was the slow one. Precise reasons are for the
 * log; clients learn no more than these three. @see RFC 9110, sections 15.6.3 and 15.6.5
 */
export function upstreamFailureAnswer(failure: UpstreamFailure, requestId: string): Answer {
  return problemAnswer({ ...said(failure), requestId });
}
