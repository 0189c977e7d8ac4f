import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import type { ServerLimits } from '../../../src/adapters/node/server/server-limits.ts';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';

const OWN_BODY_TIMEOUT_MS = 100;

async function start(limits: Partial<ServerLimits> = {}): Promise<ProxyUnderTest> {
  const proxy = await startProxy('http://127.0.0.1:9', { limits });
  onTestFinished(proxy.close);
  return proxy;
}

const send = (proxy: ProxyUnderTest, body: string) => {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`POST /own HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n${body}`);
  return socket;
};

it('answers a request to a path of its own whose body comes whole', async () => {
  const proxy = await start();
  expect(await text(send(proxy, 'whole'))).toContain('app whole');
  const { record, status } = await proxy.observedNth(1);
  expect([record.mode, record.path, record.clientAddress, status]).toEqual(['app', '/own', '127.0.0.1', 200]);
});

it('cuts the connection of one whose body does not come in time, and tells of it', async () => {
  const proxy = await start({ ownBodyTimeoutMs: OWN_BODY_TIMEOUT_MS });
  expect(await text(send(proxy, 'who'))).toBe('');
  const { status, durationMs } = await proxy.observedNth(1);
  expect(status).toBe(499);
  expect(durationMs).toBeGreaterThanOrEqual(OWN_BODY_TIMEOUT_MS - 1);
});

it('answers one to a service that is away at once, and cuts its connection when the rest of the body does not come', async () => {
  const proxy = await start({ unwantedBodyMs: OWN_BODY_TIMEOUT_MS });
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write('POST /away HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nwho');
  expect(await text(socket)).toContain(' 502 ');
});
