import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerDirectly, type PostedForm } from '../../../src/adapters/node/server/direct-forms.ts';
import { close, listen } from '../../support/loopback-server.ts';

const FACTS = { requestId: 'req-1', clientAddress: undefined };
const TYPE = 'application/x-www-form-urlencoded';

const answered: PostedForm[] = [];
let saying = '{}';
const answers = new Map([
  [
    '/ask',
    async (form: PostedForm) => {
      answered.push(form);
      return { status: 200, headers: { 'Content-Type': 'application/json' }, body: saying };
    },
  ],
]);
const server = createServer((incoming, outgoing) => {
  if (!answerDirectly(incoming, outgoing, answers, FACTS)) outgoing.writeHead(418).end();
});
let origin: string;
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
