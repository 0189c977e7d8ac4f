import { type RunningDaemon, startDaemon } from '../programs/daemon.ts';
import { freePort } from './loopback-server.ts';

/** A Redis that keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again, empty, at the same address. */
  start(): Promise<void>;
}

/** Starts Debian's Redis. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  let daemon: RunningDaemon | undefined;
  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    daemon = await startDaemon('redis-server', { args, port });
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop: async () => daemon?.stop(),
  };
}
