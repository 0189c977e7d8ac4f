import { connect, type Socket } from 'node:net';

/** A bare connection to a server: what is written goes out as it is, and what came back is read as Latin-1 text. */
export interface RawSocket {
  readonly socket: Socket;
  send(bytes: string): void;
  /** Resolves with all that was received as soon as it matches; rejects when the connection ends before. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with all that was received once the connection is closed, by an end or a reset. */
  untilClosed(): Promise<string>;
  /** Tells how the connection ended: a clean end, or an error such as ECONNRESET; `undefined` while it is open. */
  endedBy(): string | undefined;
  close(): void;
}

/** Opens a bare connection to a port of this machine. Does NOT end it when the test ends; the test does. */
export async function openRawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let endedBy: string | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of waiting) check();
  };
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    wake();
  });
  socket.on('error', (error) => {
    endedBy = (error as NodeJS.ErrnoException).code ?? 'error';
  });
  socket.on('close', () => {
    endedBy ??= 'end';
    wake();
  });
  const wait = (ready: () => boolean, hopeless: () => boolean, sought: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (ready()) resolve(received);
        else if (hopeless()) reject(new Error(`closed (${endedBy}) before ${sought}: ${received}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    until: (pattern) =>
      wait(
        () => pattern.test(received),
        () => endedBy !== undefined,
        String(pattern),
      ),
    untilClosed: () =>
      wait(
        () => endedBy !== undefined,
        () => false,
        'the end',
      ),
    endedBy: () => endedBy,
    close: () => socket.destroy(),
  };
}

/** Sends bytes on a connection of their own and returns all that comes back until the server closes it. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  const raw = await openRawSocket(port);
  raw.send(bytes);
  return raw.untilClosed();
}
