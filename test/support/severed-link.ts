import { connect, type Socket } from 'node:net';
import { startTcpService } from './upstream-service.ts';

/** A link to a server that a test can cut: to those who use it, the server is then gone. */
export interface SeveredLink {
  readonly port: number;
  /** Ends every connection and refuses new ones until `mend()`; `swallow` keeps them open and passes nothing on. */
  cut(how: 'refuse' | 'swallow'): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a link to a host and port. */
export async function openSeveredLink(host: string, port: number): Promise<SeveredLink> {
  const links = new Set<readonly [Socket, Socket]>();
  let state: 'whole' | 'refuse' | 'swallow' = 'whole';
  const service = await startTcpService((client) => {
    if (state === 'refuse') return void client.destroy();
    if (state === 'swallow') return;
    const server = connect(port, host);
    const link = [client, server] as const;
    links.add(link);
    for (const [from, to] of [link, [server, client] as const]) {
      from.on('data', (bytes) => state === 'whole' && to.write(bytes));
      from.on('error', () => {});
      from.on('close', () => {
        links.delete(link);
        to.destroy();
      });
    }
  });
  const sever = (): void => {
    for (const [client, server] of links) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    port: service.port,
    cut(how) {
      state = how;
      if (how === 'refuse') sever();
    },
    mend() {
      if (state === 'swallow') sever();
      state = 'whole';
    },
    async close() {
      sever();
      await service.close();
    },
  };
}
