import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createId } from '../../../src/identity/ids.ts';
import { bondByHeader } from '../../support/gateway/bond-by-header.ts';
import { startProxy } from '../../support/gateway/proxy-under-test.ts';
import { startHttpService } from '../../support/servers/upstream-service.ts';
import { openRawSocket, type RawSocket } from '../../support/wire/raw-socket.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  while (ended.length > 0) await ended.pop()?.();
});

interface Arrived {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** A proxy before a service whose answers the test writes, with a request of a session that has arrived there. */
async function sendTo(request: (session: string) => string) {
  let arrive = (_arrived: Arrived): void => {};
  const arrived = new Promise<Arrived>((resolve) => {
    arrive = resolve;
  });
  const service = await startHttpService((incoming, outgoing) => arrive({ incoming, outgoing }));
  const proxy = await startProxy(service.origin, { bondOf: bondByHeader });
  const client: RawSocket = await openRawSocket(proxy.port);
  ended.push(
    () => service.close(),
    () => proxy.close(),
    () => client.close(),
  );
  const session = createId('session');
  client.send(request(session));
  return { proxy, client, session, ...(await arrived) };
}

const get = (session: string, version = '1.1', more = ''): string =>
  `GET /records HTTP/${version}\r\nHost: x\r\nX-Test-Session: ${session}\r\n${more}\r\n`;

describe('a response under way', () => {
  it('is broken off when its session is revoked, and does not look whole', async () => {
    const { proxy, client, session, outgoing } = await sendTo(get);
    const cancelled = new Promise((resolve) => outgoing.once('close', resolve));
    outgoing.write('half of the records');
    await client.until(/half of the records/);

    proxy.revoke('session', session);

    expect(await client.untilClosed()).not.toMatch(/\r\n0\r\n\r\n$/);
    await cancelled;
    expect(await proxy.observedNth(1)).toMatchObject({ status: 200, record: { ended: 'session_revoked' } });
  });

  it('is reset where the end of the connection would look like its end', async () => {
    const { proxy, client, session, outgoing } = await sendTo((id) => get(id, '1.0'));
    outgoing.write('half of the records');
    await client.until(/half of the records/);

    proxy.revoke('session', session);

    await client.untilClosed();
    expect(client.endedBy()).toBe('ECONNRESET');
  });

  it('is let come to its end when the token has expired meanwhile, or nobody can tell any more', async () => {
    const { proxy, client, outgoing } = await sendTo((id) =>
      get(id, '1.1', 'X-Test-Expires-In: -60000\r\nConnection: close\r\n'),
    );
    outgoing.write('half of the records, ');
    await client.until(/half/);

    proxy.setStale(true);
    outgoing.end('and the rest');

    expect(await client.untilClosed()).toMatch(/and the rest\r\n0\r\n\r\n$/);
  });
});

describe('an upload under way', () => {
  const put = (session: string): string =>
    `PUT /records HTTP/1.1\r\nHost: x\r\nX-Test-Session: ${session}\r\nContent-Length: 1000000\r\n\r\nthe first part`;

  it('is broken off when its session is revoked, and its client is told with 401', async () => {
    const { proxy, client, session, incoming } = await sendTo(put);
    const aborted = new Promise((resolve) => incoming.once('error', resolve));

    proxy.revoke('session', session);

    expect(await client.untilClosed()).toMatch(
      /^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*Connection: close[\s\S]*"code":"invalid_token"/,
    );
    expect(await aborted).toMatchObject({ code: 'ECONNRESET' });
    expect(await proxy.observedNth(1)).toMatchObject({ status: 401, record: { ended: 'session_revoked' } });
  });

  it('goes on when another session is revoked', async () => {
    const { proxy, client, incoming, outgoing } = await sendTo(put);
    incoming.resume().once('end', () => outgoing.end('stored'));

    proxy.revoke('session', createId('session'));
    client.send('x'.repeat(1_000_000 - 'the first part'.length));

    expect(await client.until(/stored/)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
