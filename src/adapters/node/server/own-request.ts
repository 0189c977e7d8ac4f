import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppFacts } from '../../../gateway/app.ts';

/** A request to one of Wardgate's own paths, as the server hands it over. */
export interface OwnRequest {
  /** Its `url` is the target in canonical form. */
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly facts: AppFacts;
  /** To be called once: with the status, and what was refused with, when the answer is written, or when the client went away first. */
  readonly done: (status: number, code?: string) => void;
  /** To be called instead where answering failed for a reason of our own: logs it, and answers 500 where that can still be done. */
  readonly fail: (error: unknown) => void;
}
