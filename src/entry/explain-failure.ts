import { UnavailableError } from '../lib/unavailable-error.ts';

// Their messages are written for the person at the terminal.
const EXPLAINED: ReadonlySet<string> = new Set([
  'UnavailableError',
  'EmbeddedPostgresError',
  'SigningKeyError',
  'CommandError',
]);

/** What the person at the terminal should be told of a failure: what is wrong and what to do; `undefined` for a bug. */
export function explainFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !EXPLAINED.has(error.name)) return undefined;
  return error instanceof UnavailableError && error.dependency === 'database'
    ? `${error.message}; is DATABASE_URL right, and Postgres up?`
    : error.message;
}
