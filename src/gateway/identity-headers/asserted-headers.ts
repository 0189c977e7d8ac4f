import { IDENTITY_ASSERTION_SECONDS, type SignedAssertion } from '../../identity/identity-assertion.ts';
import type { Clock } from '../../lib/durations.ts';
import { createRecentMemory } from '../../lib/recent-memory.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { Soon } from '../../lib/soon.ts';
import { type Dependency, UnavailableError } from '../../lib/unavailable-error.ts';
import type { HeaderFields } from '../inbound-request.ts';
import type { Grant } from '../policy/authorize.ts';
import { assertedFacts } from './asserted-facts.ts';
import type { AssertionSigner } from './assertion-signer.ts';
import { identityHeaders } from './identity-headers.ts';

/** What identity headers with an assertion are made with. */
export interface AssertedHeadersOptions {
  readonly signer: AssertionSigner;
  /** The addresses of the issuers of the policy file, by their ids. */
  readonly issuers: ReadonlyMap<string, string>;
  readonly clock: Clock;
  /** How many assertions are remembered. */
  readonly rememberedMax?: number;
  /** Told of each signing that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

/** The identity headers of a grant with its assertion, or which dependency could not sign it. */
export type AssertedHeaders = (grant: Grant) => Soon<Result<HeaderFields, Dependency>>;

const REMEMBERED_MAX = 10_000;
// What is left of an assertion when it is sent: the request may wait in a queue, and be verified late.
const LEFT_SECONDS_MIN = IDENTITY_ASSERTION_SECONDS / 2;
// A signing that has told nothing for so long is given up for lost; its own timeout is shorter.
const SIGNING_LOST_MS = 10_000;

/** One assertion: under way until it has headers. Times are milliseconds. */
interface Remembered {
  readonly askedAt: number;
  readonly pending: Promise<Result<HeaderFields, Dependency>>;
  signed: { readonly found: Result<HeaderFields, Dependency>; readonly usableUntil: number } | undefined;
}

/**
 * Makes what puts an assertion beside the identity headers, for the routes that ask for it. An assertion is signed once for all requests with
 * the same facts, upstream and all, and used while half of its life is left; what could not be signed is not remembered and never sent empty.
 * Empty for nobody, as on a public route. Does NOT look whether the principal was revoked: whoever was got no grant.
 */
export function createAssertedHeaders(options: AssertedHeadersOptions): AssertedHeaders {
  const { signer, issuers, clock } = options;
  const remembered = createRecentMemory<Remembered>(options.rememberedMax ?? REMEMBERED_MAX);

  function begin(grant: Grant, facts: ReturnType<typeof assertedFacts>, name: string, now: number) {
    const pending = signer.sign(facts).then(
      (assertion) => {
        const found = ok(withAssertion(grant, assertion.token));
        entry.signed = { found, usableUntil: usableUntil(assertion) };
        return found;
      },
      (error: unknown) => {
        if (remembered.get(name) === entry) remembered.forget(name);
        if (error instanceof UnavailableError) return refused(error.dependency);
        throw error;
      },
    );
    const entry: Remembered = { askedAt: now, pending, signed: undefined };
    remembered.set(name, entry);
    options.keepAlive?.(pending);
    return pending;
  }

  return (grant) => {
    const { principal } = grant;
    if (principal === undefined) return ok(withAssertion(grant, ''));
    const facts = assertedFacts(principal, grant.route.upstream.audience, issuers);
    // The facts themselves, because whatever is left out of the name could be taken from another caller. @see CVE-2021-32701
    const name = JSON.stringify(facts);
    const now = clock();
    const known = remembered.get(name);
    // A clock that was set back shows nothing about how old an assertion is.
    if (known === undefined || now < known.askedAt) return begin(grant, facts, name, now);
    const { askedAt, pending, signed } = known;
    if (signed === undefined && now - askedAt < SIGNING_LOST_MS) return pending;
    if (signed !== undefined && now <= signed.usableUntil) return signed.found;
    return begin(grant, facts, name, now);
  };
}

function withAssertion(grant: Grant, assertion: string): HeaderFields {
  return [...identityHeaders(grant), 'X-Identity-Assertion', assertion];
}

function usableUntil({ expiresAt }: SignedAssertion): number {
  return (expiresAt - LEFT_SECONDS_MIN) * 1000;
}
