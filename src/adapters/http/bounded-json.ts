import { UnavailableError } from '../../lib/unavailable-error.ts';
import { type JsonObject, parseJsonObject } from '../../oauth/json-object.ts';
import { readBoundedBody } from './bounded-body.ts';

/** A JSON document that was fetched, and how it was answered. */
export interface FetchedJson {
  readonly document: JsonObject;
  readonly headers: Headers;
}

/** How a document is fetched. */
export interface FetchJsonOptions {
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

const BODY_BYTES_MAX = 256 * 1024;

/**
 * Gets one JSON object of an issuer: status 200 and nothing else, no redirect followed, no HTML, 256 KiB at most, all of it within the timeout.
 * @throws UnavailableError ('key_set') for everything else. Its message holds nothing of the answer.
 */
export async function fetchJsonObject(url: string, options: FetchJsonOptions): Promise<FetchedJson> {
  // Called without a receiver: workerd refuses `fetch` as the method of another object.
  const { fetch: get, timeoutMs } = options;
  try {
    const response = await get(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      // Not 'error', which workerd does not know; a redirect then fails by its status.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await readJsonResponse(response);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError('key_set', 'the issuer did not answer', { cause: error });
  }
}

async function readJsonResponse(response: Response): Promise<FetchedJson> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new IssuerStatusError(response.status);
  }
  if (/html/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    throw new UnavailableError('key_set', 'the issuer answered with a page');
  }
  const document = parseJsonObject(
    await readBoundedBody(response, { bytesMax: BODY_BYTES_MAX, from: 'key_set' }),
  );
  if (document === undefined)
    throw new UnavailableError('key_set', 'the issuer did not answer with a JSON object');
  return { document, headers: response.headers };
}

/** Thrown when an issuer answered with another status than 200. */
export class IssuerStatusError extends UnavailableError {
  readonly status: number;

  constructor(status: number) {
    super('key_set', 'the issuer answered with another status than 200');
    this.name = 'IssuerStatusError';
    this.status = status;
  }
}
