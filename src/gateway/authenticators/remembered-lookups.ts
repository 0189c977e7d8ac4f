import type { Fingerprint } from '../../lib/fingerprint.ts';
import { UnavailableError } from '../../lib/unavailable-error.ts';
import { createRememberedAnswers, type RememberedAnswersOptions } from '../remembered-answers.ts';
import type { Authentication } from './authenticator.ts';

/** What look-ups at the core are made and remembered with. */
export interface RememberedLookupsOptions extends RememberedAnswersOptions {
  readonly fingerprint: Fingerprint;
}

const EXPIRED: Authentication = { kind: 'rejected', because: 'expired' };

/**
 * Makes what authenticates a secret by asking the core, once for all who come with the same one, and uses the answer, also a "no", for a
 * second. `ask` may throw UnavailableError: an answer that is not remembered. Does NOT keep the secret, only its fingerprint.
 */
export function createRememberedLookups(
  options: RememberedLookupsOptions,
  ask: (secret: string) => Promise<Authentication>,
): (secret: string) => Authentication | Promise<Authentication> {
  const { clock, fingerprint } = options;
  const isAnswer = (answer: Authentication) => answer.kind !== 'unavailable';
  const remembered = createRememberedAnswers({ ...options, isAnswer }, (secret: string) =>
    unlessUnavailable(ask(secret)),
  );
  return (secret) => {
    const answer = remembered(fingerprint(secret), secret);
    return answer instanceof Promise
      ? answer.then((given) => unlessExpired(given, clock()))
      : unlessExpired(answer, clock());
  };
}

/** A core that could not tell is an answer; any other error is a bug and passes through. */
async function unlessUnavailable(asked: Promise<Authentication>): Promise<Authentication> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UnavailableError) return { kind: 'unavailable', dependency: error.dependency };
    throw error;
  }
}

function unlessExpired(answer: Authentication, now: number): Authentication {
  return answer.kind === 'authenticated' && now >= answer.principal.expiresAt * 1000 ? EXPIRED : answer;
}
