import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type AnswerForm,
  answerDirectly,
  type PostedForm,
} from '../../../src/adapters/node/server/direct-forms.ts';
import { close, listen } from '../../support/servers/loopback-server.ts';

const FACTS = { requestId: 'req-1', clientAddress: undefined };
const TYPE = 'application/x-www-form-urlencoded';

const answered: PostedForm[] = [];
const done: number[] = [];
const failed: unknown[] = [];
const codes: (string | undefined)[] = [];
let saying = '{}';
let echoing = false;
const arrived = Promise.withResolvers<void>();
const held = Promise.withResolvers<void>();

function say(form: PostedForm) {
  answered.push(form);
  return { status: 200, headers: ['Content-Type', 'application/json'], body: echoing ? form.body : saying };
}

const answers = new Map<string, AnswerForm>([
  ['/ask', say],
  ['/ask-later', async (form) => say(form)],
  ['/unwritable', (form) => ({ ...say(form), headers: ['X-Name', 'a\nb'] })],
  ['/unwritable-later', async (form) => ({ ...say(form), headers: ['X-Name', 'a\nb'] })],
  [
    '/refuse',
    () => ({ status: 401, headers: [], body: '{"error":"invalid_client"}', error: 'invalid_client' }),
  ],
  [
    '/held',
    async (form) => {
      arrived.resolve();
      await held.promise;
      return say(form);
    },
  ],
]);
const server = createServer((incoming, outgoing) => {
  const tell = (status: number, code?: string) => {
    done.push(status);
    codes.push(code);
  };
  const fail = (error: unknown) => {
    failed.push(error);
    outgoing.writeHead(500).end();
  };
  if (!answerDirectly({ incoming, outgoing, facts: FACTS, done: tell, fail }, answers))
    outgoing.writeHead(418).end();
});
let origin: string;
const WAIT = { timeout: 30_000 };
const connectToServer = () => connect(Number(new URL(origin).port), '127.0.0.1');
beforeAll(async () => {
  origin = `http://${await listen(server)}`;
});
afterAll(() => close(server));

const post = (path: string, init: RequestInit = {}) =>
  fetch(`${origin}${path}`, { method: 'POST', headers: { 'content-type': TYPE }, body: 'token=x', ...init });

it.each([
  ['ASCII', '{"username":"jo"}'],
  ['Latin-1', '{"username":"josé"}'],
  ['more than that', '{"username":"Ωλ 🩺"}'],
])('answers a form whole, where the answer is %s', async (_what, said) => {
  saying = said;
  const response = await post('/ask', { headers: { 'content-type': TYPE, accept: 'application/json' } });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
    200,
    String(Buffer.byteLength(said)),
    said,
  ]);
  expect(answered.at(-1)).toEqual({
    hasQuery: false,
    contentType: TYPE,
    authorization: undefined,
    accept: 'application/json',
    body: 'token=x',
  });
});

it.each<[string, string, RequestInit]>([
  ['another path', '/other', {}],
  ['a query', '/ask?token=x', {}],
  ['another method', '/ask', { method: 'PUT' }],
  ['a large body', '/ask', { body: 'x'.repeat(16 * 1024 + 1) }],
  [
    'a body without a length',
    '/ask',
    { body: new Blob(['token=x']).stream(), duplex: 'half' } as RequestInit,
  ],
])('leaves %s to the app', async (_what, path, init) => {
  const before = answered.length;
  expect([(await post(path, init)).status, answered.length]).toEqual([418, before]);
});

it.each(['/ask', '/ask-later'])('tells once how a request to %s ended', async (path) => {
  const before = done.length;
  await (await post(path)).text();
  expect(done.slice(before)).toEqual([200]);
});

it('tells what a form was refused with, and nothing of one that was answered', async () => {
  const before = codes.length;
  for (const path of ['/refuse', '/ask']) await (await post(path)).text();
  expect(codes.slice(before)).toEqual(['invalid_client', undefined]);
});

it.each(['/unwritable', '/unwritable-later'])('hands over what fails at %s, and goes on', async (path) => {
  const before = [done.length, failed.length];
  expect((await post(path)).status).toBe(500);
  expect([done.length, failed.length - 1]).toEqual(before);
  expect((await post('/ask')).status).toBe(200);
});

it('answers requests that come in one piece in their order, each whole, also more than are ended together', async () => {
  const texts = Array.from({ length: 100 }, (_, index) => `token=${String(index).padStart(3, '0')}`);
  const one = `POST /ask HTTP/1.1\r\nHost: a\r\nContent-Type: ${TYPE}\r\nContent-Length: 9\r\n\r\n`;
  const socket = connectToServer();
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  const before = answered.length;
  echoing = true;
  socket.write(texts.map((text) => one + text).join(''));
  await vi.waitFor(() => expect(received.match(/token=\d{3}/g)).toEqual(texts), WAIT);
  echoing = false;
  expect(answered.slice(before).map(({ body }) => body)).toEqual(texts);
  socket.destroy();
});

it('tells of a client that goes away in the middle of its form', async () => {
  const before = done.length;
  const socket = connectToServer();
  const came = once(server, 'request');
  socket.write(`POST /ask HTTP/1.1\r\nHost: a\r\nContent-Type: ${TYPE}\r\nContent-Length: 7\r\n\r\ntok`);
  await came;
  socket.destroy();
  await vi.waitFor(() => expect(done.slice(before)).toEqual([499]), WAIT);
});

it('tells of a client that goes away before its answer', async () => {
  const before = done.length;
  const socket = connectToServer();
  const [incoming] = await Promise.all([
    once(server, 'request').then(([request]) => request as IncomingMessage),
    arrived.promise,
    socket.write(
      `POST /held HTTP/1.1\r\nHost: a\r\nContent-Type: ${TYPE}\r\nContent-Length: 7\r\n\r\ntoken=x`,
    ),
  ]);
  socket.destroy();
  await vi.waitFor(() => expect(incoming.socket.destroyed).toBe(true), WAIT);
  expect(done.slice(before)).toEqual([]);
  held.resolve();
  await vi.waitFor(() => expect(done.slice(before)).toEqual([499]), WAIT);
});
