import type { RevocationNews } from '../../../src/gateway/streams/revocation-news.ts';
import type { RevocableKind, Revocation } from '../../../src/identity/revocation.ts';

/** News of revocations that the test makes. */
export interface SteeredNews {
  readonly news: RevocationNews;
  revoke(kind: RevocableKind, id: string): void;
  /** Makes nobody able to tell, or able again. */
  setStale(stale: boolean): void;
}

/** Creates the news. An id that is revoked once stays so, whatever was issued when. */
export function createSteeredNews(): SteeredNews {
  const revoked = new Set<unknown>();
  const listeners: ((revocation: Revocation) => void)[] = [];
  const staleListeners: (() => void)[] = [];
  let stale = false;
  return {
    news: {
      onRevoked(listener) {
        listeners.push(listener);
        return () => {};
      },
      onStale(listener) {
        staleListeners.push(listener);
        return () => {};
      },
      isRevoked: ({ subject, sessionId, tokenId, keyId, claims }) =>
        [subject, sessionId, tokenId, keyId, claims.client_id].some((id) => revoked.has(id)),
      isStale: () => stale,
    },
    revoke(kind, id) {
      revoked.add(id);
      for (const listener of listeners) listener({ kind, id, revokedAtMs: 0 });
    },
    setStale(now) {
      stale = now;
      if (now) for (const listener of staleListeners) listener();
    },
  };
}
