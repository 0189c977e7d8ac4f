import type { ServerResponse } from 'node:http';
import type { Answer } from '../../../gateway/answer.ts';
import { endTogether } from './end-together.ts';

/**
 * Writes an answer of ours as a whole, with `Content-Length` where a body may be. `close` ends the connection with it.
 * A response to HEAD keeps the length and has no body. @see RFC 9110, section 8.6
 */
export function writeAnswer(outgoing: ServerResponse, answer: Answer, close = false): void {
  const headers = answer.headers.slice();
  if (answer.status !== 204 && answer.status !== 304)
    headers.push('Content-Length', String(Buffer.byteLength(answer.body)));
  if (close) headers.push('Connection', 'close');
  outgoing.writeHead(answer.status, headers);
  endTogether(outgoing, answer.body, 'utf8');
}
