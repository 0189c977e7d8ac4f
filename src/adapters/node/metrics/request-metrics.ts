import { Counter, Gauge, type Registry } from 'prom-client';
import type { RequestObserver, RequestRecord } from '../../../gateway/handling.ts';
import { createDurationHistogram } from './duration-histogram.ts';

/**
 * Creates the request metrics: `wardgate_requests_total{mode,route,outcome,status}` and `wardgate_request_duration_seconds{mode}`. Counted
 * in a plain map and handed to prom-client when scraped, because its labelled counters hash their labels on each increment. Label values are ids
 * of the policy file and our own words, so that their number is bounded by the policy and not by clients.
 */
export function createRequestMetrics(registry: Registry): RequestObserver {
  const counts = new Map<string, { readonly labels: Record<string, string | number>; value: number }>();
  new Counter({
    name: 'wardgate_requests_total',
    help: 'Finished requests by mode, route, outcome of the decision and status of the answer',
    labelNames: ['mode', 'route', 'outcome', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of counts.values()) this.inc(labels, value);
    },
  });
  const durations = createDurationHistogram(
    registry,
    'wardgate_request_duration_seconds',
    'From the request headers to the end of the answer',
  );

  function count(record: RequestRecord, status: number): void {
    const key = `${record.mode} ${record.routeId} ${record.outcome} ${status}`;
    const counted = counts.get(key);
    if (counted !== undefined) {
      counted.value += 1;
      return;
    }
    const { mode, outcome, routeId: route = '' } = record;
    counts.set(key, { labels: { mode, route, outcome, status }, value: 1 });
  }

  return {
    observe(record, status, durationMs) {
      count(record, status);
      durations.observe(record.mode, durationMs / 1000);
    },
  };
}

/** Registers `wardgate_log_lines_dropped`: access-log lines lost because the reader of the log stood still. */
export function registerDroppedLines(registry: Registry, droppedLines: () => number): void {
  new Gauge({
    name: 'wardgate_log_lines_dropped',
    help: 'Access-log lines dropped because the reader of the log stood still',
    registers: [registry],
    collect() {
      this.set(droppedLines());
    },
  });
}
