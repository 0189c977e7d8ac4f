import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createRequestMetrics } from '../../../../../src/adapters/node/metrics/request-metrics.ts';
import { buildRequestRecord } from '../../../../support/gateway/request-records.ts';

async function scrape(observe: (metrics: ReturnType<typeof createRequestMetrics>) => void): Promise<string> {
  const registry = new Registry();
  observe(createRequestMetrics(registry));
  return registry.metrics();
}

describe('createRequestMetrics', () => {
  it('counts requests by mode, route, outcome and status', async () => {
    const text = await scrape((metrics) => {
      metrics.observe(buildRequestRecord(), 200, 1);
      metrics.observe(buildRequestRecord(), 200, 1);
      metrics.observe(buildRequestRecord({ outcome: 'no_route', routeId: undefined }), 404, 1);
    });
    expect(text).toContain(
      'wardgate_requests_total{mode="proxy",route="patient-record",outcome="allow",status="200"} 2',
    );
    expect(text).toContain(
      'wardgate_requests_total{mode="proxy",route="",outcome="no_route",status="404"} 1',
    );
  });

  it('counts a duration in its bucket and in every longer one', async () => {
    const text = await scrape((metrics) => {
      metrics.observe(buildRequestRecord(), 200, 3);
      metrics.observe(buildRequestRecord(), 200, 60_000);
    });
    expect(text).toContain('wardgate_request_duration_seconds_bucket{le="0.0025",mode="proxy"} 0');
    expect(text).toContain('wardgate_request_duration_seconds_bucket{le="0.005",mode="proxy"} 1');
    expect(text).toContain('wardgate_request_duration_seconds_bucket{le="30",mode="proxy"} 1');
    expect(text).toContain('wardgate_request_duration_seconds_bucket{le="+Inf",mode="proxy"} 2');
    expect(text).toContain('wardgate_request_duration_seconds_count{mode="proxy"} 2');
    expect(text).toContain('wardgate_request_duration_seconds_sum{mode="proxy"} 60.003');
  });

  it('does not count a scrape twice', async () => {
    const registry = new Registry();
    createRequestMetrics(registry).observe(buildRequestRecord(), 200, 1);
    expect(await registry.metrics()).toBe(await registry.metrics());
  });
});
