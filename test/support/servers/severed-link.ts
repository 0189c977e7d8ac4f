import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './loopback-server.ts';

/** A link to a server that a test can cut: to those who use it, the server is then gone. */
export interface SeveredLink {
  readonly port: number;
  /** Ends every connection, in order or by a reset, and refuses new ones until `mend()`. */
  cut(how?: 'end' | 'reset'): Promise<void>;
  mend(): Promise<void>;
  /**
   * Passes nothing on in either direction until `thaw()`, as a network does that loses every packet: on connections that are open, or, with `all`, on
   * new ones too.
   */
  freeze(which?: 'open' | 'all'): void;
  thaw(): void;
  /** Ends the connection on which the server's next answer matches, in place of that answer: the server has done its work, and nobody hears of it. */
  swallowNext(answer: RegExp): void;
  /** Keeps the server's next answer that matches, and what follows on its connection, until `release` is called. */
  holdNext(answer: RegExp): HeldAnswer;
  close(): Promise<void>;
}

/** An answer that is on its way. */
export interface HeldAnswer {
  /** Resolves when the answer is there. */
  readonly held: Promise<void>;
  release(): void;
}

/** Opens a link to a host and port. */
export async function openSeveredLink(host: string, port: number): Promise<SeveredLink> {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let swallowed: RegExp | undefined;
  let holding:
    | { readonly answer: RegExp; readonly hold: (client: Socket, target: Socket) => void }
    | undefined;
  const server = createServer((client) => {
    const target = connect(port, host);
    target.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (holding?.answer.test(text) === true) {
        holding.hold(client, target);
        holding = undefined;
      }
      if (swallowed?.test(text) !== true) {
        client.write(bytes);
        return;
      }
      swallowed = undefined;
      client.destroy();
    });
    client.pipe(target);
    target.on('end', () => client.end());
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      if (isFrozen) from.pause();
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async (how: 'end' | 'reset' = 'end'): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) how === 'end' ? socket.destroy() : socket.resetAndDestroy();
    await closed;
  };
  const own = await freePort();
  await listen(own);
  return {
    port: own,
    cut,
    mend: () => listen(own),
    freeze(which = 'all') {
      isFrozen = which === 'all';
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    swallowNext: (answer) => {
      swallowed = answer;
    },
    holdNext(answer) {
      const { promise: held, resolve } = Promise.withResolvers<void>();
      let release = () => {};
      const hold = (client: Socket, target: Socket): void => {
        client.cork();
        target.pause();
        release = () => {
          client.uncork();
          target.resume();
        };
        resolve();
      };
      holding = { answer, hold };
      return { held, release: () => release() };
    },
    close: cut,
  };
}
