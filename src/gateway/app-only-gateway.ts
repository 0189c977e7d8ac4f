import { clientOf } from './client/client-address.ts';
import { checkHost } from './client/host-check.ts';
import type { TrustedProxies } from './client/trusted-proxies.ts';
import type { DenyReason } from './decision.ts';
import { denialAnswer } from './denial.ts';
import type { Gateway, Handling, WireRequest } from './handling.ts';
import { canonicalTarget } from './url/canonical-target.ts';

/**
 * Creates the gateway of a core that runs apart: every request that can be read in one way is the app's, and nothing is proxied. The trusted proxies are those
 * of the policy that holds at that moment.
 */
export function createAppOnlyGateway(trustedProxies: () => TrustedProxies): Gateway {
  return {
    handle(request) {
      const because = checkHost(request.headers);
      if (because !== undefined) return refuse(request, because);
      const target = canonicalTarget(request.target);
      if (!target.ok) return refuse(request, target.reason);
      return { kind: 'reserved', target: target.value, clientAddress: clientOf(request, trustedProxies()) };
    },
  };
}

function refuse({ requestId, method, peerAddress }: WireRequest, because: DenyReason): Handling {
  const none = { path: undefined, routeId: undefined, rejected: undefined, subject: undefined };
  const answer = denialAnswer({ kind: 'deny', because }, requestId);
  const record = {
    requestId,
    mode: 'app',
    method,
    outcome: because,
    clientAddress: peerAddress,
    ...none,
  } as const;
  return { kind: 'answer', answer, record };
}
