import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProxyUnderTest, startProxy } from '../../support/gateway/proxy-under-test.ts';

let proxy: ProxyUnderTest;
beforeAll(async () => {
  proxy = await startProxy('http://127.0.0.1:9', {
    app: (request, { refused }) => {
      if (!request.url.endsWith('/refused')) return new Response('served');
      refused?.('role_missing');
      return new Response(null, { status: 403 });
    },
  });
});
afterAll(() => proxy.close());

it('tells what the app refused a request with, and nothing of one that it served', async () => {
  await (await fetch(`${proxy.origin}/own/refused`)).text();
  await (await fetch(`${proxy.origin}/own`)).text();
  expect(await proxy.observedNth(1)).toMatchObject({ status: 403, record: { code: 'role_missing' } });
  expect((await proxy.observedNth(2)).record).not.toHaveProperty('code');
});
