import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerStreamMetrics } from '../../../../../src/adapters/node/metrics/stream-metrics.ts';

it('tells how many streams are open and how many were ended why, as it is when it is asked', async () => {
  const registry = new Registry();
  const ended = new Map([['session_revoked', 2]]);
  let open = 3;
  registerStreamMetrics(registry, () => ({ open, ended }));
  await registry.metrics();
  open = 1;
  ended.set('token_expired', 1);

  const text = await registry.metrics();

  expect(text).toContain('\nwardgate_open_streams 1\n');
  expect(text).toContain('\nwardgate_streams_ended_total{reason="session_revoked"} 2\n');
  expect(text).toContain('\nwardgate_streams_ended_total{reason="token_expired"} 1\n');
});
