/** What a log line carries besides its message. Never put a credential, a token or a request value that may hold one here. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log port. Messages are constant texts; what varies goes into the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that keeps nothing, for where no log is wanted. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
