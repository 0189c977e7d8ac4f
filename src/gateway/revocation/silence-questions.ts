import type { Soon } from '../../lib/soon.ts';
import { createRememberedAnswers, type RememberedAnswersOptions } from '../remembered-answers.ts';
import { type AskedAbout, questionName } from './asked-about.ts';
import type { RevocationFeed } from './revocation-feed.ts';
import type { Standing } from './standing.ts';

/** How long nobody asks after a question that the core did not answer. */
const PAUSE_MS = 1000;
/** A question that has told nothing for so long is given up for lost; its own timeout is shorter. */
const QUESTION_LOST_MS = 10_000;

const CORE_UNAVAILABLE: Standing = { kind: 'unavailable', dependency: 'core' };

/**
 * Makes what asks the core while no revocations are heard: once for all requests with a token, and the answer is used for a second. After a
 * question that was not answered, one request a second tries again, and the others do not wait for its timeout.
 */
export function createSilenceQuestions(
  options: RememberedAnswersOptions & { readonly feed: RevocationFeed },
  ask: (principal: AskedAbout) => Promise<Standing>,
): (principal: AskedAbout) => Soon<Standing> {
  const { clock, feed } = options;
  /** Until when nobody else asks; `undefined` while the core answers. */
  let pauseEndsAt: number | undefined;

  const remembered = createRememberedAnswers<Standing, AskedAbout>(
    { ...options, isAnswer: ({ kind }) => kind !== 'unavailable' },
    async (principal) => {
      const standing = await ask(principal);
      const answered = standing.kind !== 'unavailable';
      feed.noteAnswer(answered);
      pauseEndsAt = answered ? undefined : clock() + PAUSE_MS;
      return standing;
    },
  );

  return (principal) => {
    const now = clock();
    if (pauseEndsAt !== undefined) {
      if (now < pauseEndsAt && pauseEndsAt - now <= QUESTION_LOST_MS) return CORE_UNAVAILABLE;
      pauseEndsAt = now + QUESTION_LOST_MS;
    }
    return remembered(questionName(principal), principal);
  };
}
