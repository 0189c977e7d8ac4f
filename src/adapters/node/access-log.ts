import type { RequestObserver, RequestRecord } from '../../gateway/handling.ts';
import type { Clock } from '../../lib/durations.ts';
import type { LineBuffer } from './line-buffer.ts';

const INFO_LEVEL = 30;
// Characters that JSON needs escaped, and everything beyond ASCII: rare here, so the common case is one scan and two quotes.
const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const BEYOND_ASCII = /[^\x20-\x7e]/g;

/**
 * Creates the access log: a JSON line for each finished request, of the same shape as pino's lines, in ASCII. Written by hand because a line
 * costs 0.8 µs this way and 5 µs through pino, which is a third of a whole decision. Holds no query, no header and no credential.
 */
export function createAccessLog(lines: LineBuffer, clock: Clock): RequestObserver {
  return {
    observe(record, status, durationMs) {
      lines.add(accessLine(record, status, durationMs, clock()));
    },
  };
}

function accessLine(record: RequestRecord, status: number, durationMs: number, nowMs: number): string {
  return (
    `{"level":${INFO_LEVEL},"time":${nowMs},"msg":"request","request_id":${quoted(record.requestId)}` +
    `,"mode":"${record.mode}","method":${quoted(record.method)}${field('path', record.path)}${field('route', record.routeId)}` +
    `,"status":${status},"outcome":"${record.outcome}"${field('code', record.code)}${field('rejected', record.rejected)}` +
    `${field('subject', record.subject)}${field('client', record.clientAddress)}${field('ended', record.ended)},"duration_us":${Math.round(durationMs * 1000)}}\n`
  );
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`;
}

function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).replace(BEYOND_ASCII, escaped) : `"${text}"`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
