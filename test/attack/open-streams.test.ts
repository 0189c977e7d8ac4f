import { createHash } from 'node:crypto';
import { createParser } from 'eventsource-parser';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AttackedWardgate,
  PUBLIC_URL,
  startAttackedWardgate,
} from '../support/attack/attacked-wardgate.ts';
import { basic } from '../support/oauth/client-requests.ts';
import type { UpstreamRequest } from '../support/servers/recording-upstream.ts';

const OWN = `Origin: ${PUBLIC_URL}`;
const LOG_OUT = 'POST /v1/auth/sessions/current/revoke';
// RFC 6455, section 1.3.
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

let wardgate: AttackedWardgate;
let replica: Awaited<ReturnType<AttackedWardgate['startReplica']>>;

beforeAll(async () => {
  wardgate = await startAttackedWardgate([], 'bearer, session_cookie, access_token_cookie, api_key');
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

const DOCTOR = { name: 'a program', roles: ['doctor'] };

async function administer(line: string, body?: object): Promise<unknown> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = [
    await wardgate.logIn('admin', 'cookie'),
    OWN,
    ...(text === '' ? [] : ['Content-Type: application/json', `Content-Length: ${text.length}`]),
  ];
  const { response } = await wardgate.send(line, headers, { body: text });
  expect(response.status, line).toBeLessThan(300);
  return response.body === '' ? undefined : JSON.parse(response.body);
}

async function postForm(target: string, form: Record<string, string>, authorization: string) {
  const body = new URLSearchParams(form).toString();
  const headers = [
    authorization,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ];
  return (await wardgate.send(`POST ${target}`, headers, { body })).response;
}

async function createProgram() {
  const { client, secret } = (await administer('POST /v1/clients', DOCTOR)) as {
    client: { id: string };
    secret: string;
  };
  const authorization = `Authorization: ${basic(client.id, secret).authorization}`;
  const form = { grant_type: 'client_credentials' };
  const token = JSON.parse((await postForm('/oauth/token', form, authorization)).body).access_token;
  return { id: client.id, authorization, token: String(token) };
}

/** Opens what the credential may open at both replicas, has it taken away, and tells how all of it ended. */
async function endsAfter(credential: string, takeAway: () => Promise<unknown>): Promise<readonly string[]> {
  const ends: Promise<string>[] = [];
  for (const { port } of [wardgate, replica])
    ends.push((await openEvents(port, credential)).end, (await openWebSocket(port, credential)).end);
  await takeAway();
  return Promise.all(ends);
}

function bothEnd(code: string): readonly string[] {
  const pair = [`wardgate.end {"code":"${code}"}`, `4401 ${code}`];
  return [...pair, ...pair];
}

it('attack 48: a revoked API key takes its open streams with it', async () => {
  const { key, apiKey } = (await administer('POST /v1/api-keys', DOCTOR)) as {
    key: string;
    apiKey: { id: string };
  };
  const ends = endsAfter(`X-API-Key: ${key}`, () => administer(`DELETE /v1/api-keys/${apiKey.id}`));
  expect(await ends).toEqual(bothEnd('access_revoked'));
});

it('attack 48: a deleted client, and a client’s revoked token, take their open streams with them', async () => {
  const program = await createProgram();
  const bearer = `Authorization: Bearer ${program.token}`;
  const revoke = () => postForm('/oauth/revoke', { token: program.token }, program.authorization);
  expect(await endsAfter(bearer, revoke)).toEqual(bothEnd('token_revoked'));

  const other = await createProgram();
  const remove = () => administer(`DELETE /v1/clients/${other.id}`);
  expect(await endsAfter(`Authorization: Bearer ${other.token}`, remove)).toEqual(bothEnd('access_revoked'));
});

it('attack 48: a withdrawn signing key takes the streams of its tokens with it, and leaves those of cookies', async () => {
  const credential = await wardgate.logIn('doctor', 'bearer');
  const other = await openWebSocket(wardgate.port, await wardgate.logIn('doctor', 'cookie'));
  const { kid } = decodeProtectedHeader(credential.slice('Authorization: Bearer '.length));
  const ends = endsAfter(credential, () => administer(`DELETE /v1/keys/${kid}`));
  expect(await ends).toEqual(bothEnd('token_revoked'));
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  other.socket.terminate();
});

// Last: nobody is the seeded doctor after it.
it('attack 48: a disabled user’s open streams end, whatever is told of first', async () => {
  const credential = await wardgate.logIn('doctor', 'bearer');
  const { user } = JSON.parse((await wardgate.send('GET /v1/auth/me', [credential])).response.body);
  const ends = await endsAfter(credential, () =>
    administer(`PATCH /v1/users/${user.id}`, { disabled: true }),
  );
  for (const end of ends) expect(end).toMatch(/(?:session|access)_revoked/);
});
