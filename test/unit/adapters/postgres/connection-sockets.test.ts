import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createConnectionSockets } from '../../../../src/adapters/postgres/connection-sockets.ts';

/** A server that does this with each connection, and where it is. */
async function listen(take: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    take(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const at = (...ports: number[]) => ({
  host: ports.map(() => '127.0.0.1'),
  port: ports,
  path: false as const,
});

it.each([
  ['ends it', (socket: Socket) => socket.end(), { code: 'CONNECTION_REFUSED' }],
  ['resets it', (socket: Socket) => socket.resetAndDestroy(), { code: 'ECONNRESET', syscall: 'connect' }],
])(
  'tells of a connection that was not made where the other end %s without a word',
  async (_how, take, told) => {
    const socket = createConnectionSockets().open(at(await listen(take)));
    socket.resume();
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject(told);
  },
);

it.each([
  ['ends it', (socket: Socket) => socket.end('word'), []],
  [
    'resets it',
    (socket: Socket) => void socket.write('word', () => socket.once('data', () => socket.resetAndDestroy())),
    [{ code: 'ECONNRESET', syscall: 'read' }],
  ],
])(
  'closes as if it had not failed where the other end had said something and %s',
  async (_how, take, told) => {
    const socket = createConnectionSockets().open(at(await listen(take)));
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    socket.once('data', () => socket.write('heard'));
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(false);
    expect(errors).toMatchObject(told);
  },
);

it('tries the next of several hosts each time', async () => {
  const taken: string[] = [];
  const [one, two] = [
    await listen((socket) => taken.push('one') && socket.end()),
    await listen((socket) => taken.push('two') && socket.end()),
  ];
  const { open } = createConnectionSockets();
  for (let time = 0; time < 3; time += 1) await once(open(at(one, two)).resume(), 'error').catch(() => {});
  expect(taken).toEqual(['one', 'two', 'one']);
});

it('lets go of all of them, and opens no more', async () => {
  const { open, destroy } = createConnectionSockets();
  const port = await listen(() => {});
  const connected = open(at(port));
  await once(connected, 'connect');
  const connecting = open(at(port));
  destroy();
  await Promise.all([once(connected, 'close'), once(connecting, 'close')]);
  expect(() => open(at(port))).toThrow('ended');
});
