import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';

const OWN_BODY_TIMEOUT_MS = 100;

let proxy: ProxyUnderTest;
beforeAll(async () => {
  proxy = await startProxy('http://127.0.0.1:9', { limits: { ownBodyTimeoutMs: OWN_BODY_TIMEOUT_MS } });
});
afterAll(() => proxy.close());

const send = (body: string) => {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`POST /own HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n${body}`);
  return socket;
};

it('answers a request to a path of its own whose body comes whole', async () => {
  const seen = proxy.observed.length;
  expect(await text(send('whole'))).toContain('app whole');
  const { record, status } = await proxy.observedNth(seen + 1);
  expect([record.mode, record.path, record.clientAddress, status]).toEqual(['app', '/own', '127.0.0.1', 200]);
});

it('cuts the connection of one whose body does not come in time, and tells of it', async () => {
  const seen = proxy.observed.length;
  expect(await text(send('who'))).toBe('');
  const { status, durationMs } = await proxy.observedNth(seen + 1);
  expect(status).toBe(499);
  expect(durationMs).toBeGreaterThanOrEqual(OWN_BODY_TIMEOUT_MS - 1);
});
