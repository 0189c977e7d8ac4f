import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bearer, send } from './edge.ts';
import type { EdgeUnderTest } from './edge-suite.ts';

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Cases of answers without an end. */
export function streamCases(underTest: () => EdgeUnderTest): void {
  describe('server-sent events', () => {
    it('arrive one by one, as the service sends them, and the service learns that the client has gone', async () => {
      const { port, scene } = underTest();
      const leaving = new AbortController();
      const response = await fetch(`http://127.0.0.1:${port}/odd/events`, { signal: leaving.signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (const text of ['first', 'second']) {
        // The next is sent only when the one before has come: nothing can be held back for long.
        scene.odd.sendEvent(text);
        expect((await reader?.read())?.value).toBe(`data: ${text}\n\n`);
      }
      const gone = scene.odd.readerGone();
      leaving.abort();
      // workerd notices a client that has gone when there is something to write.
      const writing = setInterval(() => scene.odd.sendEvent('another'), 50);
      await gone;
      clearInterval(writing);
    });
  });

  describe('what is open when its session ends', () => {
    it('is closed with 4401 where it is a WebSocket', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const { messages, socket } = openWebSocket(port, token);
      await messages.next();
      const closed = new Promise((resolve) =>
        socket.once('close', (code, reason) => resolve(`${code} ${reason}`)),
      );

      await scene.endSession(token);

      expect(await closed).toBe('4401 session_revoked');
    });

    it('ends with an event that says so where it is a stream of events', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const response = await fetch(`http://127.0.0.1:${port}/alerts/stream`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toMatch(/^id: 1\n/);

      await scene.endSession(token);

      let rest = '';
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
        rest += read.value;
      expect(rest).toMatch(/event: wardgate\.end\ndata: {"code":"session_revoked"}\n\n$/);
    });
  });

  describe('WebSockets', () => {
    it('are open to who is allowed, with the identity told, and carry text and bytes both ways', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      const { messages, socket } = openWebSocket(port, token);
      expect(JSON.parse(String(await messages.next()))).toMatchObject({
        service: 'alerts',
        user: expect.stringMatching(/^usr_/),
      });
      socket.send('are you there?');
      expect(String(await messages.next())).toBe('are you there?');
      socket.send(new Uint8Array([1, 2, 3]));
      expect(await messages.next()).toEqual(Buffer.from([1, 2, 3]));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.close(1000);
      expect(await closed).toBe(1000);
    });

    it('are closed to who is not: 401 without a credential, 403 for a patient', async () => {
      const { port, scene } = underTest();
      expect((await send(port, 'GET /alerts/ws', HANDSHAKE)).status).toBe(401);
      const patient = bearer((await scene.logIn('patient')).token);
      expect((await send(port, 'GET /alerts/ws', [...HANDSHAKE, patient])).status).toBe(403);
    });

    it('are refused to a cookie from a page of another origin', async () => {
      const { port, scene } = underTest();
      const { cookie } = await scene.logInWithCookie('doctor');
      const refused = await send(port, 'GET /alerts/ws', [
        ...HANDSHAKE,
        `Cookie: ${cookie}`,
        'Origin: https://evil.test',
      ]);
      expect(refused.status).toBe(403);
    });

    it('that the service refuses end with its own answer', async () => {
      const { port, scene } = underTest();
      const { token } = await scene.logIn('doctor');
      expect((await send(port, 'GET /alerts/other', [...HANDSHAKE, bearer(token)])).status).toBe(404);
    });
  });
}

function openWebSocket(port: number, token: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/alerts/ws`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const received: unknown[] = [];
  const waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | undefined;
  socket.on('message', (message) => {
    const waiter = waiting.shift();
    if (waiter === undefined) received.push(message);
    else waiter.resolve(message);
  });
  socket.on('error', (error) => {
    failure = error;
    for (const waiter of waiting) waiter.reject(error);
  });
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      if (received.length > 0) resolve(received.shift());
      else if (failure !== undefined) reject(failure);
      else waiting.push({ resolve, reject });
    });
  return { socket, messages: { next } };
}
