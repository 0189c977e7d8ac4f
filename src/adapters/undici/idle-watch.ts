import { failForwarding } from './end-forwarding.ts';
import type { Forwarding } from './forwarding.ts';

/**
 * Ends the request when its client's connection is silent for the upstream's idle timeout while it is the client's turn: a body is being
 * sent, or a response waits for a client that does not read. Slow progress is not silence. Called anew whenever such a turn begins; costs
 * nothing for requests that have none.
 */
export function watchIdle(forwarding: Forwarding): void {
  const { outgoing, plan } = forwarding.exchange;
  outgoing.socket?.setTimeout(plan.upstream.idleTimeoutMs);
  if (forwarding.watchingIdle) return;
  forwarding.watchingIdle = true;
  outgoing.on('timeout', () => endIdle(forwarding));
}

function endIdle(forwarding: Forwarding): void {
  const { body, exchange, over, paused } = forwarding;
  // The response was ended, and its last bytes are not read.
  if (over) exchange.outgoing.destroy();
  else if (paused) failForwarding(forwarding, 'client_idle', 'NOT_READING');
  else if (body !== undefined && !body.destroyed) {
    // A full buffer means that we wait for the upstream; an empty one, for the client.
    failForwarding(forwarding, body.readableLength > 0 ? 'idle_timeout' : 'client_idle', 'BODY_IDLE');
  }
}
