import type { UpstreamFailure } from '../../gateway/proxy/upstream-failure.ts';

/** The code of an error of Node or undici (`ECONNREFUSED`, `UND_ERR_SOCKET`, `HPE_…`), or its name. Does NOT hold the message. */
export function errorCode(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.name;
}

/** Says what an error of the HTTP client means for the request. `connected`: whether the request had a connection already. */
export function upstreamFailureOf(error: Error, connected: boolean): UpstreamFailure {
  const code = errorCode(error);
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return 'connect_timeout';
    case 'UND_ERR_HEADERS_TIMEOUT':
      return 'headers_timeout';
    case 'UND_ERR_BODY_TIMEOUT':
      return 'idle_timeout';
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'response_headers_too_large';
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    // A header that may not be written again.
    case 'ERR_INVALID_CHAR':
    case 'ERR_INVALID_HTTP_TOKEN':
      return 'response_malformed';
    default:
      if (code.startsWith('HPE_')) return 'response_malformed';
      return connected ? 'reset' : 'connect_failed';
  }
}
