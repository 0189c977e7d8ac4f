import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AttackedWardgate, startAttackedWardgate } from '../support/attack/attacked-wardgate.ts';
import { seenIdentity } from '../support/attack/identity-fields.ts';
import { okResponse } from '../support/servers/recording-upstream.ts';
import { rawRequest } from '../support/wire/raw-http.ts';
import { openRawSocket } from '../support/wire/raw-socket.ts';

let wardgate: AttackedWardgate;

beforeAll(async () => {
  wardgate = await startAttackedWardgate();
});

afterAll(() => wardgate.stop());

afterEach(() => {
  wardgate.upstream.respond = () => okResponse('served');
});

/** A request of its own body, whose answer must hold that body and nobody else's. */
function post(mark: string): string {
  return rawRequest(
    'POST /public/x',
    ['Connection: keep-alive', `X-Mark: ${mark}`, `Content-Length: ${mark.length}`],
    mark,
  );
}

describe('what is remembered of a token', () => {
  it('attack 40: is judged afresh by each route', async () => {
    const patient = wardgate.bearer('patient');
    const foreign = `Authorization: Bearer ${await wardgate.foreignToken()}`;
    for (let round = 0; round < 3; round++) {
      expect((await wardgate.send('GET /public/x', [patient])).response.status).toBe(200);
      expect((await wardgate.send('GET /patients/p-100/x', [patient])).response.status).toBe(200);
      for (const target of ['/patients/p-101/x', '/doctors/x', '/secret', '/live/x'])
        expect((await wardgate.send(`GET ${target}`, [patient])).response.status).toBe(403);
      expect((await wardgate.send('GET /doctors/x', [foreign])).response.status).toBe(200);
      expect((await wardgate.send('GET /secret', [foreign])).response.status).toBe(403);
    }
  });

  it('attack 40: is refused at once everywhere when its session ends, by token and by cookie', async () => {
    for (const transport of ['bearer', 'cookie'] as const) {
      const ended = await wardgate.logIn('doctor', transport);
      const other = await wardgate.logIn('doctor', transport);
      for (const target of ['/doctors/x', '/live/x']) await wardgate.reach(`GET ${target}`, [ended]);
      const revoked = await wardgate.send('POST /v1/auth/sessions/current/revoke', [
        ended,
        'Origin: https://gate.test',
      ]);
      expect(revoked.response.status).toBe(204);
      for (const target of ['/doctors/x', '/live/x', '/public/x']) {
        expect(
          (await wardgate.send(`GET ${target}`, [ended])).response.status,
          `${transport} ${target}`,
        ).toBe(401);
        expect((await wardgate.send(`GET ${target}`, [other])).response.status).toBe(200);
      }
      expect((await wardgate.send('GET /v1/auth/me', [ended])).response.status).toBe(401);
    }
  });

  it('attack 41: is found by nothing but the whole token', async () => {
    const [header = '', payload = '', signature = ''] = wardgate
      .bearer('doctor')
      .slice('Authorization: Bearer '.length)
      .split('.');
    await wardgate.reach('GET /doctors/x', [wardgate.bearer('doctor')]);
    const admin = wardgate.bearer('admin').split('.');
    for (const token of [
      `${header}.${payload}.${admin[2]}`,
      `${header}.${admin[1]}.${signature}`,
      `${header}.${payload}${signature}.`,
      `.${header}${payload}.${signature}`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}.${signature}\t`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `${header}.${payload}.${signature.toLowerCase()}`,
      `${header}%2E${payload}.${signature}`,
    ]) {
      const { response, reached } = await wardgate.send('GET /doctors/x', [`Authorization: Bearer ${token}`]);
      // Blanks at the end of a field belong to the line (RFC 9112, section 5.1).
      if (token.endsWith('\t')) expect(response.status).toBe(200);
      else expect([response.status, reached]).toEqual([401, []]);
    }
  });
});

describe('connections that are used again', () => {
  it('attack 44: a client that leaves in the middle never shifts the answers of the others', async () => {
    wardgate.upstream.respond = ({ body }, socket) => {
      // In two parts, so that clients can leave in between.
      const text = okResponse(`answer to ${body} `.repeat(40));
      socket.write(text.slice(0, 150));
      setImmediate(() => socket.destroyed || socket.write(text.slice(150)));
      return undefined;
    };
    const honest = async (mark: string): Promise<void> => {
      const raw = await openRawSocket(wardgate.port);
      for (let turn = 0; turn < 5; turn++) {
        const own = `${mark}-${turn}`;
        raw.send(post(own));
        const received = await raw.until(new RegExp(`(answer to ${own} ){40}`));
        expect(
          received.match(/answer to (\S+)/g)?.every((answer) => answer.startsWith(`answer to ${mark}-`)),
        ).toBe(true);
      }
      raw.close();
    };
    const leaving = async (mark: string, how: number): Promise<void> => {
      const raw = await openRawSocket(wardgate.port);
      const bytes = post(mark);
      if (how === 0) raw.send(bytes.slice(0, -3));
      else raw.send(bytes);
      if (how === 2) await raw.until(/answer to/);
      if (how === 3) raw.send(bytes.slice(0, 40));
      raw.close();
    };
    for (let round = 0; round < 25; round++)
      await Promise.all([
        ...[0, 1, 2, 3].map((how) => leaving(`gone-${round}-${how}`, how)),
        ...[0, 1, 2].map((at) => honest(`stay-${round}-${at}`)),
      ]);
  });

  it('attack 44: pipelined requests get their answers in order, each by its own credential', async () => {
    let answered = 0;
    wardgate.upstream.respond = (request, socket) => {
      // Earlier requests are answered later.
      const { 'x-user-roles': roles } = seenIdentity(request);
      answered += 1;
      setTimeout(() => socket.write(okResponse(`<${request.target} ${roles}>`)), 60 - 10 * answered);
      return undefined;
    };
    const keep = 'Connection: keep-alive';
    const raw = await openRawSocket(wardgate.port);
    raw.send(
      rawRequest('GET /public/1', [keep, wardgate.bearer('doctor')]) +
        rawRequest('GET /public/2', [keep]) +
        rawRequest('GET /secret', [keep]) +
        rawRequest('GET /public/3', [keep, wardgate.cookie('patient')]) +
        rawRequest('GET /public/4'),
    );
    const received = await raw.untilClosed();
    const seen = received.match(/<[^>]*>|"credential_missing"/g);
    expect(seen).toEqual([
      '</public/1 doctor>',
      '</public/2 >',
      '"credential_missing"',
      '</public/3 patient>',
      '</public/4 >',
    ]);
  });

  it.each(['GET /public/ws', 'CONNECT a.test:443'])(
    'attack 44: an upgrade or a tunnel behind a request that is under way neither takes its answer nor ends the process: %s',
    async (line) => {
      wardgate.upstream.respond = ({ target }, socket) => {
        if (target === '/public/ws') return okResponse('<ws>');
        setTimeout(() => socket.write(okResponse('<slow>')), 50);
        return undefined;
      };
      const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
      for (const credential of [[], [wardgate.bearer('doctor')]]) {
        const raw = await openRawSocket(wardgate.port);
        const first = rawRequest('GET /public/slow', ['Connection: keep-alive', ...credential]);
        raw.send(first + rawRequest(line, [...handshake, key]) + rawRequest('GET /public/last'));
        const received = (await raw.untilClosed()).match(/<\w+>/g) ?? [];
        // In order, and nothing instead of what cannot be told.
        expect(['<slow>', '<ws>', '<slow>'].slice(0, received.length)).toEqual(received);
      }
      expect((await wardgate.send('GET /public/ws')).response.status).toBe(200);
    },
  );

  it('attack 44: what a service says after its answer belongs to nobody', async () => {
    wardgate.upstream.respond = (request) =>
      request.target === '/public/liar' ? okResponse('first') + okResponse('planted') : okResponse('honest');
    for (let round = 0; round < 20; round++) {
      const liar = await wardgate.send('GET /public/liar');
      expect(liar.response.body).toBe('first');
      for (const { response } of await Promise.all([1, 2, 3].map(() => wardgate.send('GET /public/x'))))
        expect(response.body).toBe('honest');
    }
  });

  it('attack 44: a body on GET or HEAD is the request’s own, not the next request', async () => {
    const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\nX-User-Id: evil\r\nX-User-Roles: admin\r\n\r\n';
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST']) {
      const lines = [`Content-Length: ${smuggled.length}`];
      const { reached } = await wardgate.send(`${method} /public/x`, lines, { body: smuggled });
      for (const request of reached) expect([request.target, request.body]).toEqual(['/public/x', smuggled]);
      const chunked = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
      const other = await wardgate.send(`${method} /public/x`, ['Transfer-Encoding: chunked'], {
        body: chunked,
      });
      for (const request of other.reached)
        expect([request.target, request.body]).toEqual(['/public/x', smuggled]);
    }
  });
});
