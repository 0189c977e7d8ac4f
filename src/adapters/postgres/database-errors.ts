import { DrizzleQueryError } from 'drizzle-orm/errors';
import postgres from 'postgres';
import { UnavailableError } from '../../lib/unavailable-error.ts';

/**
 * Thrown when Postgres refused a statement for what the statement is: a bug of ours. Names the SQLSTATE, the constraint and
 * the statement's text. Does NOT carry its parameters or Postgres's own message, which quote what was stored: hashes, addresses.
 */
export class StatementError extends Error {
  readonly sqlState: string;
  readonly constraint: string | undefined;

  constructor(error: postgres.PostgresError, statement: string | undefined) {
    const constraint = error.constraint_name === undefined ? '' : ` (${error.constraint_name})`;
    super(`Postgres refused a statement with SQLSTATE ${error.code}${constraint}: ${statement ?? 'unknown'}`);
    this.name = 'StatementError';
    this.sqlState = error.code;
    this.constraint = error.constraint_name;
  }
}

// Classes of SQLSTATE that say something of the server and nothing of the statement (Postgres manual, appendix A): connection,
// authorization, transaction rollback (deadlock), resources, operator intervention (shutdown, timeout), system, internal error.
const UNAVAILABLE_CLASSES = new Set(['08', '28', '40', '53', '57', '58', 'XX']);
// Of mixed classes: a standby that was the primary, a transaction ended for its idleness, a database that is not there, a lock not got in time.
const UNAVAILABLE_STATES = new Set(['25006', '25P03', '3D000', '55P03']);
// What postgres.js, and its sockets, call their own failures to reach or keep a server.
const DRIVER_CODE = /^CONNECT(?:_TIMEOUT|ION_(?:CLOSED|ENDED|DESTROYED|REFUSED))$/;
// What Node calls a write to a connection that the other end has ended, or that is closing: no system call failed.
const ENDED_CODE = /^(?:EPIPE|ERR_SOCKET_CLOSED|ERR_STREAM_(?:DESTROYED|WRITE_AFTER_END))$/;
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/**
 * Turns what the driver throws into what ports throw: UnavailableError when the database could not tell, StatementError for
 * a bug. Anything else comes back as it is.
 */
export function toPortError(error: unknown): unknown {
  const statement = error instanceof DrizzleQueryError ? error.query : undefined;
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof postgres.PostgresError)
    return isServerTrouble(cause.code) ? unavailable(cause.code) : new StatementError(cause, statement);
  const code = codeOf(cause);
  if (code !== undefined && isConnectionTrouble(cause, code)) return unavailable(code);
  // A wrapper's message lists the parameters: only what it wraps goes on.
  return cause ?? error;
}

/**
 * Tells whether a connection broke under a statement, by what the statement threw. Does NOT count a connection that could not be made.
 */
export function isBrokenConnection(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  const code = codeOf(cause);
  if (code === 'CONNECTION_CLOSED' || code === 'CONNECTION_DESTROYED') return true;
  if (code !== undefined && ENDED_CODE.test(code)) return true;
  return (
    cause instanceof Error && 'syscall' in cause && (cause.syscall === 'read' || cause.syscall === 'write')
  );
}

function isServerTrouble(sqlState: string): boolean {
  return UNAVAILABLE_CLASSES.has(sqlState.slice(0, 2)) || UNAVAILABLE_STATES.has(sqlState);
}

function isConnectionTrouble(error: unknown, code: string): boolean {
  if (DRIVER_CODE.test(code) || ENDED_CODE.test(code) || TLS_CODE.test(code)) return true;
  // Socket errors name the system call that failed; an address that was tried in several ways gives a list of them.
  return error instanceof AggregateError || (error instanceof Error && 'syscall' in error);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function unavailable(code: string): UnavailableError {
  return new UnavailableError('database', `Postgres did not answer (${code})`);
}
