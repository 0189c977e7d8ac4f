import { Counter, type Registry } from 'prom-client';
import type { MailCounts } from '../../../core/mail/mailer.ts';

/** Registers `wardgate_mails_total{outcome}`: mails that were `sent` or `lost`, and attempts that were made again (`retried`). */
export function registerMailCounts(registry: Registry, counts: () => MailCounts): void {
  new Counter({
    name: 'wardgate_mails_total',
    help: 'Mails by outcome: sent, lost, and attempts made again',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, value] of Object.entries(counts())) this.inc({ outcome }, value);
    },
  });
}
