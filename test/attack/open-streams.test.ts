import { createHash } from 'node:crypto';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AttackedWardgate, PUBLIC_URL, startAttackedWardgate } from '../support/attacked-wardgate.ts';
import type { UpstreamRequest } from '../support/recording-upstream.ts';

const OWN = `Origin: ${PUBLIC_URL}`;
const LOG_OUT = 'POST /v1/auth/sessions/current/revoke';
// RFC 6455, section 1.3.
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

let wardgate: AttackedWardgate;
let replica: Awaited<ReturnType<AttackedWardgate['startReplica']>>;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
  replica = await wardgate.startReplica();
  wardgate.upstream.respond = beginStream;
});
afterAll(async () => {
  await replica.stop();
  await wardgate.stop();
});

/** Answers with a WebSocket where one is asked for, else with a stream of events; neither has an end. */
function beginStream({ fields }: UpstreamRequest): string {
  const key = fields.find(([name]) => name.toLowerCase() === 'sec-websocket-key')?.[1];
  if (key === undefined)
    return 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n';
  const accept = createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function headersOf(credential: string): Record<string, string> {
  const colon = credential.indexOf(':');
  return { [credential.slice(0, colon)]: credential.slice(colon + 1).trim(), Origin: PUBLIC_URL };
}

/** Opens a stream of events; resolves, once it is open, with what its last event will say. */
async function openEvents(port: number, credential: string): Promise<{ readonly end: Promise<string> }> {
  const response = await fetch(`http://127.0.0.1:${port}/doctors/stream`, {
    headers: headersOf(credential),
  });
  expect(response.status).toBe(200);
  let last = '';
  const parser = createParser({
    onEvent: ({ event, data }) => {
      last = `${event} ${data}`;
    },
  });
  const read = async () => {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) parser.feed(text);
    return last;
  };
  return { end: read() };
}

async function openWebSocket(port: number, credential: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/doctors/ws`, { headers: headersOf(credential) });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const end = new Promise<string>((resolve) =>
    socket.once('close', (code, reason) => resolve(`${code} ${reason}`)),
  );
  return { socket, end };
}

it.each(['bearer', 'cookie', 'token_cookies'] as const)(
  'attack 48: a log-out by %s ends the WebSockets and event streams of the session at every replica, and no other’s',
  async (transport) => {
    const credential = await wardgate.logIn('doctor', transport);
    const other = await openWebSocket(wardgate.port, await wardgate.logIn('doctor', transport));
    const ends: Promise<string>[] = [];
    for (const { port } of [wardgate, replica])
      ends.push((await openEvents(port, credential)).end, (await openWebSocket(port, credential)).end);

    expect((await wardgate.send(LOG_OUT, [credential, OWN])).response.status).toBe(204);

    const expected = ['wardgate.end {"code":"session_revoked"}', '4401 session_revoked'];
    expect(await Promise.all(ends)).toEqual([...expected, ...expected]);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    other.socket.terminate();
  },
);
