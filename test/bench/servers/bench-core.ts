// Stands in for a core: gives the key set, and tells of as many sessions that ended, none of them one of the bench's.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { toRevocationBatchJson } from '../../../src/identity/revocation-batch-json.ts';

const TOLD_AT_ONCE = 1000;
const BEAT_MS = 1000;

const keySet = process.env.KEY_SET;
const revoked = Number(process.env.REVOKED);

createServer((request, response) => {
  if (request.url === '/internal/revocations') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    pipeline(Readable.from(eventsOf(revoked)), response, () => {});
    return;
  }
  const found = request.url === '/.well-known/jwks.json';
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
  response.end(found ? keySet : '{}');
}).listen(Number(process.env.PORT), '127.0.0.1');

/** Tells of that many, and then that there are no more, as the core does. */
async function* eventsOf(revoked: number): AsyncGenerator<string> {
  for (let told = 0; told < revoked; told += TOLD_AT_ONCE)
    yield eventOf(Math.min(TOLD_AT_ONCE, revoked - told));
  for (;;) {
    yield eventOf(0);
    await pause(BEAT_MS);
  }
}

function eventOf(count: number): string {
  const revokedAtMs = Date.now();
  const revocations = Array.from({ length: count }, () => ({
    kind: 'session' as const,
    id: `ses_${randomBytes(16).toString('hex')}`,
    revokedAtMs,
  }));
  const data = JSON.stringify(toRevocationBatchJson({ cursor: '1', revocations }));
  return `id: 1\nevent: revocations\ndata: ${data}\n\n`;
}
