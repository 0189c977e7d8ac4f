import { Counter, Gauge, type Registry } from 'prom-client';
import type { StreamCounts } from '../../../gateway/streams/open-streams.ts';

/**
 * Registers `wardgate_open_streams`, the WebSockets and streams of events that are open, and `wardgate_streams_ended_total{reason}`: those, and other bodies
 * under way, that the gateway ended before their time.
 */
export function registerStreamMetrics(registry: Registry, counts: () => StreamCounts): void {
  new Gauge({
    name: 'wardgate_open_streams',
    help: 'WebSockets and streams of events that are open',
    registers: [registry],
    collect() {
      this.set(counts().open);
    },
  });
  new Counter({
    name: 'wardgate_streams_ended_total',
    help: 'Streams and other bodies under way that the gateway ended, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, value] of counts().ended) this.inc({ reason }, value);
    },
  });
}
