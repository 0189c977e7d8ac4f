import type { HeadersLike } from './header-value-of.ts';
import { type MiddlewareOptions, requiredIdentity } from './required-identity.ts';

/** What is used of Express's request, or of Node's. */
export interface ExpressRequest {
  readonly headers: Exclude<HeadersLike, Pick<Headers, 'get'>>;
}

/** What is used of Express's response. */
export interface ExpressResponse {
  locals: Record<string, unknown>;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * Creates a middleware for Express that sets `response.locals.identity`, or answers 401 or 503 with a problem document. Does NOT judge roles:
 * that is for the policy file's routes, or for the handler.
 */
export function expressIdentity(
  options: MiddlewareOptions = {},
): (request: ExpressRequest, response: ExpressResponse, next: (error?: unknown) => void) => Promise<void> {
  return async function identity(request, response, next) {
    try {
      const admission = await requiredIdentity(request, options);
      if (admission.kind === 'answer') {
        const { status, headers, body } = admission.answer;
        response.statusCode = status;
        for (let index = 0; index < headers.length; index += 2)
          response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
        response.end(body);
        return;
      }
      response.locals.identity = admission.identity;
    } catch (error) {
      // Express 4 does not look at what a middleware's promise becomes.
      next(error);
      return;
    }
    next();
  };
}
