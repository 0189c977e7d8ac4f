import { Socket } from 'node:net';
import type { UpstreamFailure } from '../../gateway/proxy/upstream-failure.ts';
import type { Forwarding } from './forwarding.ts';

/** Ends a request that failed: answers in the upstream's place, or breaks the response off where it has begun. Then cancels the rest. */
export function failForwarding(forwarding: Forwarding, failure: UpstreamFailure, code: string): void {
  if (forwarding.over) return;
  forwarding.over = true;
  const { exchange, log } = forwarding;
  const { plan, requestId } = exchange;
  log.warn('upstream failed', { upstream: plan.upstream.id, failure, code, request_id: requestId });
  if (forwarding.started) breakOff(forwarding);
  else exchange.fail(failure);
  forwarding.abortUpstream?.(new Error(failure));
}

/**
 * Ends the client's connection so that the response does not look whole. Chunks and lengths show that by themselves; where the end of
 * the connection is the end of the body (HTTP/1.0), only a reset does.
 */
export function breakOff(forwarding: Forwarding): void {
  const { incoming, outgoing } = forwarding.exchange;
  forwarding.brokenOff = true;
  const socket = outgoing.socket;
  if (incoming.httpVersionMinor === 0 && socket instanceof Socket) socket.resetAndDestroy();
  else outgoing.destroy();
}
