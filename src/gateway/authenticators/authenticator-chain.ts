import { UnavailableError } from '../../lib/unavailable-error.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Authentication, Authenticator } from './authenticator.ts';

const NOT_APPLICABLE: Authentication = { kind: 'not_applicable' };

/** The higher outranks the lower: an outage must not look like a refusal, nor a refusal like nothing at all. */
const RANKS: Readonly<Record<Authentication['kind'], number>> = {
  not_applicable: 0,
  rejected: 1,
  unavailable: 2,
  authenticated: 3,
};

/**
 * Asks authenticators in order until one says `authenticated`; else answers `unavailable` before `rejected` before `not_applicable`. Answers
 * at once where they all do. An UnavailableError that one throws is its `unavailable`; other errors are bugs and pass through.
 */
export function authenticateWith(
  authenticators: readonly Authenticator[],
  credential: Credential,
): Authentication | Promise<Authentication> {
  let best = NOT_APPLICABLE;
  let asked = 0;
  for (const authenticator of authenticators) {
    const answer = ask(authenticator, credential);
    asked += 1;
    if (answer instanceof Promise) return finishLater(best, answer, authenticators.slice(asked), credential);
    best = higher(best, answer);
    if (best.kind === 'authenticated') return best;
  }
  return best;
}

async function finishLater(
  soFar: Authentication,
  pending: Promise<Authentication>,
  rest: readonly Authenticator[],
  credential: Credential,
): Promise<Authentication> {
  const best = higher(soFar, await pending.catch(unavailableOrThrow));
  return best.kind === 'authenticated' ? best : higher(best, await authenticateWith(rest, credential));
}

function ask(authenticator: Authenticator, credential: Credential): Authentication | Promise<Authentication> {
  try {
    return authenticator.authenticate(credential);
  } catch (error) {
    return unavailableOrThrow(error);
  }
}

function unavailableOrThrow(error: unknown): Authentication {
  if (error instanceof UnavailableError) return { kind: 'unavailable', dependency: error.dependency };
  throw error;
}

/** The answer of higher rank; of equal ones the first. */
function higher(first: Authentication, second: Authentication): Authentication {
  return RANKS[second.kind] > RANKS[first.kind] ? second : first;
}
