import type { Result } from '../../lib/result.ts';
import type { Answer } from '../answer.ts';
import type { WireRequest } from '../handling.ts';
import type { HeaderFields } from '../inbound-request.ts';

/** The original request, as a trusted proxy describes it in its dialect's headers. */
export interface OriginalRequest {
  readonly method: string;
  /** The raw request target of the client's request: path and query. */
  readonly target: string;
}

/**
 * How one reverse proxy asks and is answered. Reads headers and maps answers; never decides.
 * A missing header is refused, never taken from the sub-request's own line.
 */
export interface Dialect {
  readonly name: 'nginx' | 'traefik' | 'caddy';
  /** Where the proxy asks: `/_gateway/auth/<name>`. */
  readonly path: string;
  readOriginal(
    request: WireRequest,
  ): Result<OriginalRequest, 'dialect_header_missing' | 'dialect_header_malformed' | 'header_repeated'>;
  /** The answer to an allowed request: 200 with the identity headers (name, value, …) and nothing else. */
  allowed(identityHeaders: HeaderFields): Answer;
  /** Turns the answer that the client would get into one that this proxy understands. */
  denied(answer: Answer): Answer;
}
