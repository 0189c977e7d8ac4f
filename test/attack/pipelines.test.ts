import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { seenIdentity } from '../support/attack/identity-fields.ts';
import { okResponse, type UpstreamRequest } from '../support/servers/recording-upstream.ts';
import { rawRequest } from '../support/wire/raw-http.ts';
import { openRawSocket } from '../support/wire/raw-socket.ts';

let wardgate: AttackedWardgate;
/** Connections on which a handshake was sent: what follows there is the WebSocket's own. */
const tunnels = new Set<number>();
/** Requests that should not have reached the service, or not so. */
const misled: UpstreamRequest[] = [];

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
  wardgate.upstream.respond = (request, socket) => {
    const { target, connection } = request;
    if (!tunnels.has(connection) && !isNobodysPublicRequest(request)) misled.push(request);
    if (isHandshake(request)) tunnels.add(connection);
    if (isHandshake(request) && target !== '/public/refuse')
      return 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello';
    if (target === '/public/never') return undefined;
    if (target === '/public/reset') return void socket.resetAndDestroy();
    if (target === '/public/cut') return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut');
    if (target === '/public/early') return okResponse('early') + okResponse('late');
    if (target !== '/public/slow') return okResponse(`<${target}>`);
    setTimeout(() => socket.destroyed || socket.write(okResponse('<slow>')), 5);
    return undefined;
  };
});

afterAll(() => wardgate.stop());

const KEEP = 'Connection: keep-alive';
const WEB_SOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

function isNobodysPublicRequest(request: UpstreamRequest): boolean {
  return request.target.startsWith('/public/') && seenIdentity(request)['x-user-id'] === '';
}

function isHandshake({ fields }: UpstreamRequest): boolean {
  return fields.some(([name]) => name.toLowerCase() === 'upgrade');
}

/** Pieces of what a client may send on one connection, in any order and cut anywhere. */
const PIECES = [
  ...['x', 'slow', 'reset', 'cut', 'early'].map((name) => rawRequest(`GET /public/${name}`, [KEEP])),
  rawRequest('GET /secret', [KEEP]),
  rawRequest('GET /health', [KEEP]),
  rawRequest('GET /v1/auth/me', [KEEP]),
  rawRequest('GET /public/ws', WEB_SOCKET),
  rawRequest('GET /public/refuse', WEB_SOCKET),
  rawRequest('GET /secret', WEB_SOCKET),
  rawRequest('GET /health', WEB_SOCKET),
  rawRequest('GET /public/x', ['Connection: Upgrade', 'Upgrade: h2c']),
  rawRequest('CONNECT a.test:443', [KEEP]),
  rawRequest('TRACE /public/x', [KEEP]),
  rawRequest('HEAD /public/slow', [KEEP]),
  rawRequest('POST /public/slow', [KEEP, 'Content-Length: 5'], 'hello'),
  rawRequest('POST /public/x', [KEEP, 'Content-Length: 5', 'Expect: 100-continue'], 'hello'),
  rawRequest('POST /secret', [KEEP, 'Content-Length: 5', 'Expect: 100-continue']),
  rawRequest(
    'POST /public/slow',
    [KEEP, 'Transfer-Encoding: chunked'],
    '5\r\nhello\r\n0\r\nX-User-Id: evil\r\n\r\n',
  ),
  rawRequest('POST /v1/auth/sessions', [KEEP, 'Content-Type: application/json', 'Content-Length: 2'], '{}'),
  rawRequest('GET /public/x', [KEEP, 'Expect: x']),
  rawRequest('GET /public/x', [KEEP]).replace('1.1', '1.0'),
  rawRequest('GET /public/x', [KEEP]).replace('1.1', '2.0'),
  ...[
    '\r\n',
    '\0',
    'GET / ',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '5\r\nhello\r\n',
    '\x16\x03\x01\x02\x00\x01',
  ],
];

describe('one connection that carries anything in any order', () => {
  it('attack 44: ends no process, and nobody else is touched by it', async () => {
    const pipeline = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 });
    const ending = fc.constantFrom('leave', 'reset', 'half-close');
    await fc.assert(
      fc.asyncProperty(pipeline, fc.nat(200), ending, async (pieces, cut, end) => {
        const bytes = pieces.join('');
        const raw = await openRawSocket(wardgate.port);
        raw.send(bytes.slice(0, -cut || undefined));
        const [innocent] = await Promise.all([
          wardgate.send('GET /public/innocent'),
          raw.until(/HTTP|$/).catch(() => ''),
        ]);
        if (end === 'half-close') raw.socket.end();
        else if (end === 'reset') raw.socket.resetAndDestroy();
        raw.close();
        expect(innocent.response).toMatchObject({ status: 200, body: '</public/innocent>' });
        expect(misled).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('one request and what is none in one piece', () => {
  it.each([
    ['bytes that are no request', '\0'],
    ['a handshake', rawRequest('GET /public/ws', WEB_SOCKET)],
    ['CONNECT', rawRequest('CONNECT a.test:443', [KEEP])],
  ])('attack 44: before %s has its own answer, and the connection ends', async (_what, after) => {
    const raw = await openRawSocket(wardgate.port);
    raw.send(rawRequest('GET /secret', [KEEP]) + after);
    expect((await raw.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });
});

describe('many requests on one connection', () => {
  const change = (target: string) => rawRequest(`POST ${target}`, [KEEP, 'Content-Length: 2'], '{}');

  it('attack 44: reach the service one behind the other, each when the one before was answered', async () => {
    const order: string[] = [];
    const { respond } = wardgate.upstream;
    wardgate.upstream.respond = ({ target }, socket) => {
      order.push(target);
      setTimeout(() => {
        order.push(`answered ${target}`);
        socket.write(okResponse(`<${target}>`));
      }, 2);
      return undefined;
    };
    const targets = Array.from({ length: 300 }, (_, index) => `/public/${index}`);
    const [first, second] = [targets.slice(0, 150), targets.slice(150, 299)];
    const raw = await openRawSocket(wardgate.port);
    raw.send(first.map(change).join(''));
    await raw.until(/<\/public\/100>/);
    raw.send(second.map(change).join('') + rawRequest('GET /public/299'));
    const received = await raw.untilClosed();
    wardgate.upstream.respond = respond;
    expect(received.match(/<\/public\/\d+>/g)).toEqual(targets.map((target) => `<${target}>`));
    expect(order).toEqual(targets.flatMap((target) => [target, `answered ${target}`]));
  });

  it('attack 57: end it where too many of them wait for one that is never answered', async () => {
    const raw = await openRawSocket(wardgate.port);
    raw.send(change('/public/never') + change('/public/x').repeat(10_000));
    await raw.untilClosed();
    expect(raw.endedBy()).toBeDefined();
  });
});
