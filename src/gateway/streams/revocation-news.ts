import type { Principal } from '../../identity/principal.ts';
import type { Revocation } from '../../identity/revocation.ts';

/** Port: what open streams hear of revocations. No I/O. */
export interface RevocationNews {
  /** Calls the listener with each revocation from now on, when `isRevoked` knows of it. Answers with a function that stops it. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
  /** Calls the listener each time when nobody can tell any more what is revoked. Answers with a function that stops it. */
  onStale(listener: () => void): () => void;
  /** Whether what a caller of our own core shows is revoked, as far as is known. */
  isRevoked(principal: Principal): boolean;
  /** Whether nobody can tell at present what is revoked. */
  isStale(): boolean;
}
