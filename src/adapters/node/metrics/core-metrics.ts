import { Counter, Gauge, type Registry } from 'prom-client';
import type { AuditCounts } from '../../../core/audit/audit-counts.ts';
import type { RevocationActivity } from '../../../core/revocation/follow-revocations.ts';
import type { OutcomeCounts } from '../../../lib/outcome-counts.ts';

/** What the metrics tell of a core. */
export interface CoreActivity {
  readonly audit: AuditCounts;
  /** Answers to refreshes, by outcome. */
  readonly refreshes: Pick<OutcomeCounts, 'all'>;
  readonly revocations: RevocationActivity;
  /** Answers about tokens, by outcome. */
  readonly introspections: Pick<OutcomeCounts, 'all'>;
}

/**
 * Registers the core's metrics: `wardgate_audit_events_total{event,outcome,reason}`, which tells of everything that is recorded (log-ins are
 * `session.begun`), what became of those events, `wardgate_refreshes_total{outcome}` and `wardgate_introspections_total{outcome}`. Every label is a name of ours, never one of a user, a
 * session or an address.
 */
export function registerCoreMetrics(
  registry: Registry,
  { audit, refreshes, revocations, introspections }: CoreActivity,
): void {
  registerRevocationMetrics(registry, revocations);
  new Counter({
    name: 'wardgate_audit_events_total',
    help: 'Events of authentication and administration, as recorded for the audit log',
    labelNames: ['event', 'outcome', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { type, outcome, reason = '', count } of audit.recorded())
        this.inc({ event: type, outcome, reason }, count);
    },
  });
  new Counter({
    name: 'wardgate_audit_stored_total',
    help: 'Audit events that the database holds',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(audit.stored());
    },
  });
  new Gauge({
    name: 'wardgate_audit_waiting',
    help: 'Audit events that wait in memory to be stored',
    registers: [registry],
    collect() {
      this.set(audit.waiting());
    },
  });
  registerByLabel(registry, audit.unstored, {
    name: 'wardgate_audit_not_stored_total',
    help: 'Audit events that the database will never hold and that were written to the log in full',
    label: 'because',
  });
  registerByLabel(registry, refreshes.all, {
    name: 'wardgate_refreshes_total',
    help: 'Answered refreshes of tokens',
    label: 'outcome',
  });
  registerByLabel(registry, introspections.all, {
    name: 'wardgate_introspections_total',
    help: 'Answered questions about tokens; at_once are those for which nobody had to be asked',
    label: 'outcome',
  });
}

function registerRevocationMetrics(registry: Registry, activity: RevocationActivity): void {
  new Gauge({
    name: 'wardgate_revocation_followers',
    help: 'Gateways and parts of this core that follow the log of revocations here',
    registers: [registry],
    collect() {
      this.set(activity.followers());
    },
  });
  new Counter({
    name: 'wardgate_revocations_told_total',
    help: 'Revocations that were read from the log and told to all who follow it',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(activity.told());
    },
  });
  new Gauge({
    name: 'wardgate_revocations_read_age_seconds',
    help: 'How long ago the log of revocations was read; about a second at most while the database answers',
    registers: [registry],
    collect() {
      this.set(activity.readAgeSeconds() ?? Number.NaN);
    },
  });
}

function registerByLabel(
  registry: Registry,
  counts: () => ReadonlyMap<string, number>,
  { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of counts()) this.inc({ [label]: value }, count);
    },
  });
}
