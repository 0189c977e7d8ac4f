import type { Clock } from '../lib/durations.ts';

/** How answers of the core are remembered. */
export interface RememberedAnswersOptions {
  readonly clock: Clock;
  /** How long the core's answer is used, from the moment it was asked. At most 1, so that a revocation is seen within a second. */
  readonly rememberSeconds?: number;
  /** How many answers are remembered. */
  readonly rememberedMax?: number;
  /** Told of each question that is under way; a runtime that ends a request's I/O with the request (Workers) keeps it alive with this. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

const REMEMBERED_MAX = 10_000;

/** One question to the core: its answer, once there is one. Times are milliseconds. */
interface Asked<Answer> {
  readonly askedAt: number;
  readonly pending: Promise<Answer>;
  answer: Answer | undefined;
}

/**
 * Makes what puts a question once for all who come with the same name, and uses the answer for a second from the moment of asking: a slow look-up never brings
 * back what has ended. An answer that is not one by `isAnswer` ("could not tell") is told to those who wait for it, and not remembered.
 */
export function createRememberedAnswers<Answer, Question>(
  options: RememberedAnswersOptions & { readonly isAnswer: (answer: Answer) => boolean },
  ask: (question: Question) => Promise<Answer>,
): (name: string, question: Question) => Answer | Promise<Answer> {
  const { clock, isAnswer } = options;
  const rememberMs = 1000 * Math.min(options.rememberSeconds ?? 1, 1);
  const rememberedMax = options.rememberedMax ?? REMEMBERED_MAX;
  const questions = new Map<string, Asked<Answer>>();

  function begin(name: string, question: Question, now: number): Promise<Answer> {
    const pending = ask(question).then((answer) => {
      if (isAnswer(answer)) asked.answer = answer;
      else if (questions.get(name) === asked) questions.delete(name);
      return answer;
    });
    const asked: Asked<Answer> = { askedAt: now, pending, answer: undefined };
    questions.delete(name);
    dropOldest(questions, now - rememberMs, rememberedMax);
    questions.set(name, asked);
    options.keepAlive?.(pending);
    return pending;
  }

  return (name, question) => {
    const now = clock();
    const asked = questions.get(name);
    const recent = asked !== undefined && Math.abs(now - asked.askedAt) < rememberMs;
    return recent ? (asked.answer ?? asked.pending) : begin(name, question, now);
  };
}

/** Drops what is too old to be used, and the oldest beyond the bound. Questions stand in the order in which they were asked. */
function dropOldest(questions: Map<string, Asked<unknown>>, usefulSince: number, max: number): void {
  for (const [name, { askedAt }] of questions) {
    if (questions.size < max && askedAt > usefulSince) return;
    questions.delete(name);
  }
}
