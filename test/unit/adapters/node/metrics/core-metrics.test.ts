import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerCoreMetrics } from '../../../../../src/adapters/node/metrics/core-metrics.ts';
import { createAuditCounter } from '../../../../../src/core/audit/audit-counts.ts';
import { createOutcomeCounts } from '../../../../../src/lib/outcome-counts.ts';
import { auditEvent } from '../../../../support/core/audit-events.ts';

function startMetrics() {
  const registry = new Registry();
  let waiting = 0;
  const audit = createAuditCounter(() => waiting);
  const refreshes = createOutcomeCounts();
  let age: number | undefined;
  const revocations = { followers: () => 3, told: () => 70, readAgeSeconds: () => age };
  const introspections = createOutcomeCounts();
  registerCoreMetrics(registry, { audit, refreshes, revocations, introspections });
  const wait = (events: number) => {
    waiting = events;
  };
  const read = (seconds: number) => {
    age = seconds;
  };
  return { audit, refreshes, introspections, wait, read, scrape: () => registry.metrics() };
}

describe('metrics of the core', () => {
  it('count recorded events by their names, and by nobody and nothing else', async () => {
    const { audit, scrape } = startMetrics();
    const wrong = { type: 'session.begun', outcome: 'refused', reason: 'password_wrong' } as const;
    for (const id of ['usr_1', 'usr_2'])
      audit.record(auditEvent({ ...wrong, actor: { kind: 'user', id }, sessionId: `ses_${id}` }));
    audit.record(auditEvent());
    const text = await scrape();
    expect(text).toContain(
      'wardgate_audit_events_total{event="session.begun",outcome="refused",reason="password_wrong"} 2',
    );
    expect(text).toContain(
      'wardgate_audit_events_total{event="session.ended",outcome="success",reason=""} 1',
    );
    expect(text).not.toMatch(/usr_|ses_/);
  });

  it('tell how many events wait, are stored, and will never be, by why', async () => {
    const { audit, wait, scrape } = startMetrics();
    audit.store(3);
    audit.store(4);
    audit.giveUp('store_refused');
    wait(5);
    const text = await scrape();
    expect(text).toContain('wardgate_audit_stored_total 7');
    expect(text).toContain('wardgate_audit_waiting 5');
    expect(text).toContain('wardgate_audit_not_stored_total{because="store_refused"} 1');
    expect(await scrape()).toBe(text);
  });

  it('tell who follows the log of revocations, what was told, and how long ago it was read', async () => {
    const { read, scrape } = startMetrics();
    const text = await scrape();
    expect(text).toContain('wardgate_revocation_followers 3');
    expect(text).toContain('wardgate_revocations_told_total 70');
    expect(text).toMatch(/wardgate_revocations_read_age_seconds Nan/i);
    read(0.4);
    expect(await scrape()).toContain('wardgate_revocations_read_age_seconds 0.4');
  });

  it('count refreshes by outcome', async () => {
    const { refreshes, scrape } = startMetrics();
    refreshes.add('success');
    refreshes.add('refused');
    refreshes.add('success');
    const text = await scrape();
    expect(text).toContain('wardgate_refreshes_total{outcome="success"} 2');
    expect(text).toContain('wardgate_refreshes_total{outcome="refused"} 1');
  });

  it('count answers about tokens by their outcome', async () => {
    const { introspections, scrape } = startMetrics();
    for (const outcome of ['active_at_once', 'active_at_once', 'unavailable']) introspections.add(outcome);
    const text = await scrape();
    expect(text).toContain('wardgate_introspections_total{outcome="active_at_once"} 2');
    expect(text).toContain('wardgate_introspections_total{outcome="unavailable"} 1');
  });
});
