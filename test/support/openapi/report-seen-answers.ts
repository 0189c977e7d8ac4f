import { afterEach, type TestContext } from 'vitest';
import { seenAnswers } from './seen-answers.ts';

/** Hands what this process has seen so far to the reporters, with the file of the suite. */
export function reportSeenAnswers({ task }: Pick<TestContext, 'task'>): void {
  task.file.meta.seenAnswers = seenAnswers();
}

afterEach(reportSeenAnswers);
