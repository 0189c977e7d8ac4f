import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerRevocationMetrics } from '../../../../../src/adapters/node/metrics/revocation-metrics.ts';

it('tells at each scrape how the feed stands at that moment', async () => {
  const registry = new Registry();
  const state = { freshness: 'current', silenceMs: 250, entries: 3, questions: 0, unheard: 0 } as const;
  let now: Parameters<typeof registerRevocationMetrics>[1] = () => state;
  registerRevocationMetrics(registry, () => now());
  const first = await registry.metrics();
  expect(first).toContain('wardgate_revocation_feed_silence_seconds 0.25\n');
  expect(first).toContain('wardgate_revocation_feed_state{state="current"} 1\n');
  expect(first).toContain('wardgate_revocation_feed_state{state="stale"} 0\n');
  expect(first).toContain('wardgate_revocation_index_entries 3\n');
  now = () => ({ ...state, freshness: 'stale', questions: 7, unheard: 2 });
  for (let scrape = 0; scrape < 2; scrape += 1) {
    const later = await registry.metrics();
    expect(later).toContain('wardgate_revocation_feed_state{state="current"} 0\n');
    expect(later).toContain('wardgate_revocation_feed_state{state="stale"} 1\n');
    expect(later).toContain('wardgate_revocation_questions_total 7\n');
    expect(later).toContain('wardgate_revocation_unheard_total 2\n');
  }
});
