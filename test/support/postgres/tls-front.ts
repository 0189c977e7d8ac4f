import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { makeLocalhostCertificate } from '../programs/localhost-certificate.ts';

/** A Postgres that speaks TLS. */
export interface TlsFront {
  readonly port: number;
  /** How many connections were made to it. */
  connections(): number;
  close(): void;
}

/** Stands before a server and takes on its side of TLS, with a certificate that nobody vouches for. Needs `openssl`. @see PostgreSQL manual, "SSL Session Encryption" */
export async function startTlsFront(host: string, port: number): Promise<TlsFront> {
  const secureContext = createSecureContext(makeLocalhostCertificate());
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    // The request for TLS, which is answered by one letter.
    socket.once('data', () => {
      const client = new TLSSocket(socket, { isServer: true, secureContext });
      const target = connect(port, host);
      for (const end of [client, target]) end.on('error', () => {});
      client.pipe(target).pipe(client);
      client.on('close', () => target.destroy());
      socket.write('S');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => server.close(),
  };
}
