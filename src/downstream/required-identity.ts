import type { AssertionVerifier } from './assertion-verifier.ts';
import type { HeadersLike } from './header-value-of.ts';
import type { AssertedIdentity, AssertionRefusal, Identity } from './identity.ts';
import { type IdentityAnswer, identityAnswer } from './identity-answer.ts';
import { type IdentityOptions, identityOf } from './identity-of.ts';

/** How a middleware reads identities, and whom it lets pass. */
export interface MiddlewareOptions extends IdentityOptions {
  /** Lets callers without a credential pass, with no identity: for services behind public routes. Default: they are answered 401. */
  readonly anonymous?: boolean;
  /** Told why an identity was not believed, for the service's own log. Nothing that it is told is secret. */
  readonly onRefused?: (because: AssertionRefusal) => void;
}

/** The identity that a middleware hands on, by its options. */
export type IdentityFor<Options extends MiddlewareOptions> =
  | (Options extends { readonly verifier: AssertionVerifier } ? AssertedIdentity : Identity)
  | (Options extends { readonly anonymous: true } ? undefined : never);

/** What a middleware does with a request: hand it on with an identity, or answer it. */
export type Admission =
  | { readonly kind: 'pass'; readonly identity: Identity | undefined }
  | { readonly kind: 'answer'; readonly answer: IdentityAnswer };

/** Decides what a middleware does with a request. */
export async function requiredIdentity(
  request: { readonly headers: HeadersLike },
  options: MiddlewareOptions,
): Promise<Admission> {
  const { anonymous = false, onRefused, ...how } = options;
  const reading = await identityOf(request, how);
  if (reading.kind === 'identified') return { kind: 'pass', identity: reading.identity };
  if (reading.kind === 'anonymous' && anonymous) return { kind: 'pass', identity: undefined };
  if (reading.kind === 'refused') onRefused?.(reading.because);
  return { kind: 'answer', answer: identityAnswer(reading, request.headers) };
}
