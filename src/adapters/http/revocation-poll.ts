import type { RevocationBatch } from '../../identity/revocation.ts';
import type { Cores } from './cores.ts';
import { pollRevocations } from './revocation-request.ts';

/**
 * Makes what asks the first core that answers what was revoked since a cursor, until `stopping`. It throws UnavailableError ('core') where none of them
 * tells.
 */
export function createHttpRevocationPoll(
  cores: Cores,
  options: { readonly fetch: typeof fetch },
): (after: string | undefined, stopping?: AbortSignal) => Promise<RevocationBatch> {
  const { client, timeoutMs } = cores;
  return (after, stopping) =>
    cores.ask((coreUrl) => {
      const late = AbortSignal.timeout(timeoutMs);
      const signal = stopping === undefined ? late : AbortSignal.any([late, stopping]);
      return pollRevocations({ ...options, client, coreUrl, after, signal });
    });
}
