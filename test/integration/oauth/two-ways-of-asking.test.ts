import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAppListener } from '../../../src/adapters/node/server/app-listener.ts';
import type { AnswerForm } from '../../../src/adapters/node/server/direct-forms.ts';
import { createGatewayServer, type GatewayServer } from '../../../src/adapters/node/server/gateway-server.ts';
import { DEFAULT_SERVER_LIMITS } from '../../../src/adapters/node/server/server-limits.ts';
import { INTROSPECTION_PATH } from '../../../src/core/http/oauth/answer-introspection.ts';
import { createAppOnlyGateway } from '../../../src/gateway/app-only-gateway.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { type CoreUnderTest, startCoreApp } from '../../support/core/core-app.ts';
import { addSecretClient, basic } from '../../support/oauth/client-requests.ts';
import { rawRequest, sendRaw } from '../../support/wire/raw-http.ts';

let core: CoreUnderTest;
const servers: GatewayServer[] = [];
const ports = { atOnce: 0, app: 0 };
let known: { readonly token: string; readonly id: string; readonly secret: string };

beforeAll(async () => {
  core = await startCoreApp();
  const answer = core.core.createIntrospection(core.tokens);
  ports.atOnce = await serve(new Map([[INTROSPECTION_PATH, answer]]));
  ports.app = await serve(new Map());
  const { id, secret } = await addSecretClient(core, { scopes: ['introspect'] });
  known = { id, secret, token: (await core.logIn('doctor')).accessToken };
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function serve(forms: ReadonlyMap<string, AnswerForm>): Promise<number> {
  const server = createGatewayServer({
    gateway: createAppOnlyGateway(() => ({ trusts: () => false, canonical: (address) => address })),
    proxy: { forward: () => expect.unreachable(), upgrade: () => expect.unreachable() },
    app: createAppListener(core.app.fetch, forms),
    observer: { observe: () => {} },
    createRequestId: () => 'req-1',
    log: silentLog,
    clock: () => performance.now(),
    limits: DEFAULT_SERVER_LIMITS,
  });
  servers.push(server);
  return (await server.listen('127.0.0.1', 0)).port;
}

/** All of an answer that a client could tell from another: of a signed one what it says, because no two signatures are alike. */
async function answerOf(port: number, bytes: string) {
  const { status, headers, body } = await sendRaw(port, bytes);
  const framing = ['date', 'content-length', 'transfer-encoding'];
  const fields = headers.filter(([name]) => !framing.includes(name)).toSorted();
  const isSigned = headers.some(([, value]) => value.endsWith('+jwt'));
  return { status, fields, said: isSigned ? [decodeProtectedHeader(body), decodeJwt(body)] : body };
}

const TYPE = 'application/x-www-form-urlencoded';
const SIGNED = 'application/token-introspection+jwt';
/** One header field or none, in the spellings that one server reads like another. */
const field = (name: string, usual: string, ...others: readonly string[]) => {
  const value = fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
  const names = fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());
  const line = fc.tuple(names, fc.constantFrom(': ', ':', ':  \t'), value, fc.constantFrom('', ' ', '\t '));
  return fc.oneof({ weight: 5, arbitrary: line.map((parts) => [parts.join('')]) }, fc.constant<string[]>([]));
};

type Framing = 'length' | 'zeros' | 'chunked' | 'none';

function framed(body: string, framing: Framing): [lines: string[], body: string] {
  switch (framing) {
    case 'length':
      return [[`Content-Length: ${body.length}`], body];
    case 'zeros':
      return [[`Content-Length: 0${body.length}`], body];
    case 'chunked': {
      const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
      return [['Transfer-Encoding: chunked'], `${chunk}0\r\n\r\n`];
    }
    case 'none':
      return [[], ''];
  }
}

/** Requests of which most ask well and every part may be odd. */
function questions() {
  const { id, secret, token } = known;
  const own = basic(id, secret).authorization;
  const bearer = `Bearer ${token}`;
  const asked = `token=${token}`;
  const oddCredentials = [
    `${own}=`,
    `${own},`,
    `${own}, ${own}`,
    bearer.toLowerCase(),
    'Basic',
    'Basic \xe9',
  ];
  const heads = fc.tuple(
    field('Content-Type', TYPE, `${TYPE};charset=latin1`, `${TYPE} ;x`, `${TYPE},${TYPE}`, '', `${TYPE}\xa0`),
    field('Authorization', own, own.replace(' ', '   '), own.toLowerCase(), bearer, '', ...oddCredentials),
    field('Accept', SIGNED, SIGNED.toUpperCase(), `${SIGNED};q=0.5, */*`, `${SIGNED};q=0`, `${SIGNED}, \xff`),
    fc.subarray(
      [`Content-Type: ${TYPE}`, `Authorization: ${own}`, 'Accept: */*', 'Content_Length: 3', 'TE: trailers'],
      { maxLength: 1 },
    ),
  );
  const oddities = ['&', '=', '%', '+', '%00', '\xef\xbb\xbf', '\xc3\xa9', '\xff', '\0', '\r\n', '%74oken=y'];
  const more = [asked, 'token=', `client_id=${id}`, `client_secret=${secret}`, 'client_assertion=a.b.c'];
  const large = [`&x=${'x'.repeat(16 * 1024)}`, 'x'.repeat(16 * 1024 - asked.length)];
  const body = fc.tuple(
    fc.constantFrom('', '', '', ...oddities),
    fc.constantFrom(asked, asked, asked, 'token=x', ''),
    fc.constantFrom('', '', '&'),
    fc.constantFrom('', '', '', ...oddities, ...more, ...large),
  );
  const usually = <Value>(usual: Value, ...others: readonly Value[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
  return fc.record({
    method: usually('POST', 'GET', 'PUT', 'OPTIONS'),
    target: usually(
      INTROSPECTION_PATH,
      `${INTROSPECTION_PATH}?`,
      '//oauth/./introspect',
      '/oauth/%69ntrospect',
    ),
    head: heads.map((parts) => parts.flat()),
    body: body.map((parts) => parts.join('')),
    framing: usually<Framing>('length', 'zeros', 'chunked', 'none'),
  });
}

it('answers a question in one way, at once or by the app, however odd it is', async () => {
  const method = 'POST';
  const marked = {
    method,
    target: INTROSPECTION_PATH,
    head: [],
    body: '\xef\xbb\xbf',
    framing: 'length' as const,
  };
  await fc.assert(
    fc.asyncProperty(questions(), async ({ method: verb, target, head, body, framing }) => {
      const [lines, sent] = framed(body, framing);
      const bytes = rawRequest(`${verb} ${target}`, [...head, ...lines], sent);
      const [atOnce, byApp] = await Promise.all([answerOf(ports.atOnce, bytes), answerOf(ports.app, bytes)]);
      expect(atOnce).toEqual(byApp);
    }),
    {
      numRuns: 300,
      examples: [[marked]],
    },
  );
});
