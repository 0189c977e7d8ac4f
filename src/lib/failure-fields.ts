import type { LogFields } from './log.ts';
import { stackFrames } from './stack-frames.ts';
import { UnavailableError } from './unavailable-error.ts';

/** What the log says of a failure: the dependency that could not tell, or where the error was thrown. Does NOT hold the error's message. */
export function failureFields(error: unknown): LogFields {
  return error instanceof UnavailableError ? { dependency: error.dependency } : stackFrames(error);
}
