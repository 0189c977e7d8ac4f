import { denialAnswer } from './denial.ts';
import type { Gateway } from './handling.ts';
import { canonicalTarget } from './url/canonical-target.ts';

/** Creates the gateway of a core that runs apart: every request that can be read in one way is the app's, and nothing is proxied. */
export function createAppOnlyGateway(): Gateway {
  return {
    async handle(request) {
      const target = canonicalTarget(request.target);
      if (target.ok) return { kind: 'reserved', target: target.value };
      const { requestId, method, peerAddress: clientAddress } = request;
      return {
        kind: 'answer',
        answer: denialAnswer({ kind: 'deny', because: target.reason }, requestId),
        record: {
          requestId,
          mode: 'app',
          method,
          path: undefined,
          routeId: undefined,
          outcome: target.reason,
          rejected: undefined,
          subject: undefined,
          clientAddress,
        },
      };
    },
  };
}
