import { Pool } from 'undici';
import type { Upstream } from '../../gateway/policy/policy.ts';

/** Response headers above this are refused; a client would be sent them all. */
const RESPONSE_HEADER_BYTES_MAX = 64 * 1024;

/** Connections to upstreams: one pool an origin. */
export interface UpstreamPools {
  poolFor(upstream: Upstream): Pool;
  close(): Promise<void>;
}

/**
 * Creates the pools as they are needed. A pool grows with the requests under way and never queues them: a request that waits for
 * a connection would be under no timeout, and streams would starve the rest. What bounds it is the number of client connections.
 */
export function createUpstreamPools(): UpstreamPools {
  const pools = new Map<string, Pool>();
  // By object first: a reloaded policy brings new objects, and joining a key for each request costs more than this look-up.
  const known = new WeakMap<Upstream, Pool>();
  const open = (upstream: Upstream): Pool => {
    const key = `${upstream.connectTimeoutMs} ${upstream.origin}`;
    const pool = pools.get(key) ?? createPool(upstream);
    pools.set(key, pool);
    known.set(upstream, pool);
    return pool;
  };
  return {
    poolFor: (upstream) => known.get(upstream) ?? open(upstream),
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.destroy()));
    },
  };
}

function createPool(upstream: Upstream): Pool {
  return new Pool(upstream.origin, {
    pipelining: 1,
    connections: null,
    connect: { timeout: upstream.connectTimeoutMs },
    maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
  });
}
