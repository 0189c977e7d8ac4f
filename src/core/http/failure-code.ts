import type { Log } from '../../lib/log.ts';
import { stackFrames } from '../../lib/stack-frames.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';

/** Logs why a request could not be answered, and says what its client is told. Does NOT log the message of a bug, which may quote the request. */
export function failureCode(
  error: unknown,
  requestId: string,
  log: Log,
): 'temporarily_unavailable' | 'internal_error' {
  if (error instanceof UnavailableError) {
    log.warn('a dependency could not tell', { request_id: requestId, dependency: error.dependency });
    return 'temporarily_unavailable';
  }
  log.error('the core failed', { request_id: requestId, ...stackFrames(error) });
  return 'internal_error';
}
