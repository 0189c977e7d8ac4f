import pino from 'pino';
import type { Log, LogFields } from '../../lib/log.ts';

/** Levels of the log, from chatty to none. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * Creates the log port on pino: JSON lines on a file descriptor, standard output by default. Writes at once, so that nothing is lost when
 * the process ends; requests have a line of their own kind, see `createAccessLog`.
 */
export function createPinoLog(options: { readonly level: LogLevel; readonly fileDescriptor?: number }): Log {
  const destination = pino.destination({ dest: options.fileDescriptor ?? 1, sync: true });
  const logger = pino({ level: options.level, base: null }, destination);
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) =>
      logger[level](fields, message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
