import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';

/** More than the system takes off a server for a client that does not read. */
const LARGE = 'x'.repeat(16 * 1024 * 1024);

let proxy: ProxyUnderTest;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  proxy = await startProxy('http://127.0.0.1:9', { limits: { closeGraceMs: 20_000 } });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

/** Posts a text to a path that answers with it, on a connection of its own, and answers when the answer begins. */
async function post(body: string): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  socket.write(`POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await once(socket, 'readable');
  return socket;
}

it('ends connections without a request when the server closes, and leaves a client that reads slowly its whole answer', async () => {
  const [slow, quiet] = [await post(LARGE), await post('x')];
  const closed = proxy.close();
  await text(quiet);
  expect((await text(slow)).length).toBeGreaterThan(LARGE.length);
  await closed;
});
