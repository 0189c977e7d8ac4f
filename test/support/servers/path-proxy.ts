import { request } from 'node:http';
import { startHttpService } from './upstream-service.ts';

/** A reverse proxy in front of a server that it does not know yet: at an origin or below a path of it. */
export interface PathProxy {
  /** What its clients call the server behind. */
  readonly publicUrl: string;
  /** Says on which port of this machine the server is. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

/**
 * Starts a reverse proxy that takes a path away before it asks, as proxies of a host with several applications do; well-known paths of the host go through as they
 * are, and all else is 404.
 */
export async function startPathProxy(path: string): Promise<PathProxy> {
  let target = 0;
  const service = await startHttpService((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    const isWellKnown = url.startsWith('/.well-known/') && url.endsWith(path);
    if (!isWellKnown && !url.startsWith(`${path}/`)) return outgoing.writeHead(404).end();
    const stripped = isWellKnown ? url : url.slice(path.length);
    const asked = request({ host: '127.0.0.1', port: target, path: stripped, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    asked.on('error', () => outgoing.writeHead(502).end());
    return incoming.pipe(asked);
  });
  return {
    publicUrl: `${service.origin}${path}`,
    leadTo: (port) => {
      target = port;
    },
    close: service.close,
  };
}
