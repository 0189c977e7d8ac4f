import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerMailCounts } from '../../../../../src/adapters/node/metrics/mail-metrics.ts';

it('tells the outcomes of mails as they are when they are asked for', async () => {
  const registry = new Registry();
  const counts = { sent: 1, lost: 0, retried: 2 };
  registerMailCounts(registry, () => counts);
  await registry.metrics();
  counts.sent = 5;
  const text = await registry.metrics();
  for (const line of ['{outcome="sent"} 5', '{outcome="lost"} 0', '{outcome="retried"} 2'])
    expect(text).toContain(`wardgate_mails_total${line}\n`);
});
