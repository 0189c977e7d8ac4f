import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAccessLog } from '../adapters/node/access-log.ts';
import { createLineBuffer } from '../adapters/node/line-buffer.ts';
import { type CoreActivity, registerCoreMetrics } from '../adapters/node/metrics/core-metrics.ts';
import { registerMailCounts } from '../adapters/node/metrics/mail-metrics.ts';
import { type RedisState, registerRedisMetrics } from '../adapters/node/metrics/redis-metrics.ts';
import { createRequestMetrics, registerDroppedLines } from '../adapters/node/metrics/request-metrics.ts';
import { registerRevocationMetrics } from '../adapters/node/metrics/revocation-metrics.ts';
import { registerStreamMetrics } from '../adapters/node/metrics/stream-metrics.ts';
import type { LogLevel } from '../adapters/node/pino-log.ts';
import type { MailCounts } from '../core/mail/mailer.ts';
import type { RequestObserver } from '../gateway/handling.ts';
import type { RevocationFeed } from '../gateway/revocation/revocation-feed.ts';
import type { OpenStreams } from '../gateway/streams/open-streams.ts';

/** What a process of Node keeps of its requests: the access log and the metrics. */
export interface NodeObservation {
  readonly observer: RequestObserver;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Writes what of the access log is not written yet. */
  flush(): void;
}

/** What of a core the metrics tell. */
export interface ObservedCore {
  readonly activity: CoreActivity;
  readonly redis: RedisState | undefined;
  readonly mail: { readonly counts: (() => MailCounts) | undefined };
}

/** What the metrics tell of besides requests. */
export interface Observed {
  readonly core: ObservedCore | undefined;
  readonly revocations: Pick<RevocationFeed, 'state'>;
  readonly streams: Pick<OpenStreams, 'counts'>;
}

// Request lines are of level info; a higher level leaves them out.
const LEVELS_WITH_REQUESTS: ReadonlySet<LogLevel> = new Set(['trace', 'debug', 'info']);
const STANDARD_OUTPUT = 1;

/**
 * Creates the observation of a process: metrics of requests, revocations, open streams and of the core with all that it uses, beside the process's own; request lines to
 * standard output at level `info` or lower.
 */
export function createNodeObservation(
  logLevel: LogLevel,
  { core, revocations, streams }: Observed,
): NodeObservation {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requestMetrics = createRequestMetrics(registry);
  const lines = createLineBuffer(STANDARD_OUTPUT);
  registerDroppedLines(registry, () => lines.droppedLines);
  registerRevocationMetrics(registry, revocations.state);
  registerStreamMetrics(registry, streams.counts);
  if (core !== undefined) registerCore(registry, core);
  const accessLog = LEVELS_WITH_REQUESTS.has(logLevel) ? createAccessLog(lines, Date.now) : undefined;
  return {
    observer: {
      observe(record, status, durationMs) {
        requestMetrics.observe(record, status, durationMs);
        accessLog?.observe(record, status, durationMs);
      },
    },
    metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    flush: lines.flush,
  };
}

function registerCore(registry: Registry, { activity, redis, mail }: ObservedCore): void {
  registerCoreMetrics(registry, activity);
  if (mail.counts !== undefined) registerMailCounts(registry, mail.counts);
  if (redis !== undefined) registerRedisMetrics(registry, redis);
}
