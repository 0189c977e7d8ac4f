import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The proxy in a process of its own, whose memory can be watched apart from the test's. */
export interface ProxyProcess {
  readonly port: number;
  /** How far its memory has grown at most, sampled every few milliseconds since the start. */
  peakGrowthBytes(): Promise<number>;
  close(): void;
}

/** Starts the proxy in front of an upstream in a process of its own. */
export async function startProxyProcess(upstreamOrigin: string): Promise<ProxyProcess> {
  const child = fork(join(import.meta.dirname, 'proxy-process.ts'), [upstreamOrigin]);
  const { port = Number.NaN } = await nextMessage(child);
  return {
    port,
    async peakGrowthBytes() {
      child.send('peak');
      return (await nextMessage(child)).growthBytes ?? Number.NaN;
    },
    close: () => void child.kill(),
  };
}

async function nextMessage(child: ChildProcess): Promise<{ port?: number; growthBytes?: number }> {
  const [message] = await once(child, 'message');
  return message as { port?: number; growthBytes?: number };
}
