import { Counter, Gauge, type Registry } from 'prom-client';
import { FRESHNESS_STATES, type RevocationFeedState } from '../../../gateway/revocation/revocation-feed.ts';

/** Registers what a process knows of revocations: how fresh, how many, and how often it had to go by other means. */
export function registerRevocationMetrics(registry: Registry, state: () => RevocationFeedState): void {
  const registers = [registry];
  new Gauge({
    name: 'wardgate_revocation_feed_silence_seconds',
    help: 'How long ago the log of revocations was heard, or the process started where it never was',
    registers,
    collect() {
      this.set(state().silenceMs / 1000);
    },
  });
  new Gauge({
    name: 'wardgate_revocation_feed_state',
    help: 'How far what is known of revocations can be relied on: 1 for the state that it is in, current, silent or stale',
    labelNames: ['state'],
    registers,
    collect() {
      const { freshness } = state();
      for (const known of FRESHNESS_STATES) this.set({ state: known }, known === freshness ? 1 : 0);
    },
  });
  new Gauge({
    name: 'wardgate_revocation_index_entries',
    help: 'Entries of the index of revocations in memory',
    registers,
    collect() {
      this.set(state().entries);
    },
  });
  registerCount(registry, 'wardgate_revocation_questions_total', QUESTIONS, () => state().questions);
  registerCount(registry, 'wardgate_revocation_unheard_total', UNHEARD, () => state().unheard);
}

const QUESTIONS = 'Questions put to the core because the log of revocations was silent';
const UNHEARD =
  'Requests served by the signature of their token alone, because nobody could tell what was revoked';

function registerCount(registry: Registry, name: string, help: string, count: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(count());
    },
  });
}
