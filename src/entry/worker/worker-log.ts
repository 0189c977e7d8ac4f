import type { RequestObserver } from '../../gateway/handling.ts';
import type { Log, LogFields } from '../../lib/log.ts';

const write = (level: number) => (msg: string, fields?: LogFields) => line({ level, msg, ...fields });

/** The log port of Workers: a JSON line for each message, as pino writes them, to the console that Workers keep logs by. */
export const workerLog: Log = { debug: () => {}, info: write(30), warn: write(40), error: write(50) };

/** The access log of Workers: a line for each request, with the fields of Node's. Workers keep no metrics of their own. */
export const workerObserver: RequestObserver = {
  observe(record, status, durationMs) {
    const { requestId, mode, method, path, routeId, outcome, rejected, subject, clientAddress } = record;
    const decided = { outcome, code: record.code, rejected, subject, client: clientAddress };
    const request = { request_id: requestId, mode, method, path, route: routeId, status };
    line({ level: 30, msg: 'request', ...request, ...decided, duration_us: Math.round(durationMs * 1000) });
  },
};

function line(fields: Readonly<Record<string, unknown>>): void {
  // biome-ignore lint/suspicious/noConsole: the console is a Worker's only log.
  console.log(JSON.stringify({ time: Date.now(), ...fields }));
}
