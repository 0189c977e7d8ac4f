import type { AssertionVerifier } from './assertion-verifier.ts';
import type { HeadersLike } from './header-value-of.ts';
import type { AssertionReading, HeaderReading } from './identity.ts';
import { type ReadingOptions, readIdentity } from './read-identity.ts';

/** Which headers are read: the four plain ones, or with a verifier the assertion alone. */
export interface IdentityOptions extends ReadingOptions {
  readonly verifier?: AssertionVerifier;
}

/** Tells who sent a request, by the assertion. */
export function identityOf(
  request: { readonly headers: HeadersLike },
  options: IdentityOptions & { readonly verifier: AssertionVerifier },
): Promise<AssertionReading>;
/** Tells who sent a request, by the plain identity headers. */
export function identityOf(
  request: { readonly headers: HeadersLike },
  options?: ReadingOptions & { readonly verifier?: never },
): Promise<HeaderReading>;
/** Tells who sent a request, by whichever the options say. */
export function identityOf(
  request: { readonly headers: HeadersLike },
  options?: IdentityOptions,
): Promise<AssertionReading | HeaderReading>;
/**
 * Tells who sent a request: a Fetch `Request`, Node's `IncomingMessage`, or anything else with headers. Does NOT answer it: what becomes of callers that
 * are anonymous or refused is for the service to say.
 */
export async function identityOf(
  request: { readonly headers: HeadersLike },
  options: IdentityOptions = {},
): Promise<AssertionReading | HeaderReading> {
  const { verifier, ...reading } = options;
  return verifier === undefined
    ? readIdentity(request.headers, reading)
    : verifier.read(request.headers, reading);
}
