import type { KeySetClient } from '../key-sets/key-set-client.ts';
import type { VerificationKey } from '../key-sets/verification-key.ts';
import type { Authentication } from './authenticator.ts';

/** A token that was verified: facts alone, and what they stand on. */
export interface RememberedToken {
  readonly authentication: Authentication;
  /** Of the token, in seconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Where the key must still stand when the token is used again. */
  readonly keySet: KeySetClient;
  readonly key: VerificationKey;
}

/** Verified tokens by their fingerprint. */
export interface RememberedTokens {
  get(fingerprint: string): RememberedToken | undefined;
  set(fingerprint: string, token: RememberedToken): void;
  forget(fingerprint: string): void;
}

/**
 * Makes a memory of at most `max` tokens. Two generations: when the young one is full, the old one is dropped as a whole and the young takes its
 * place; what is used moves to the young. So each step costs the same, and what is in use stays. Does NOT look at the clock.
 */
export function createRememberedTokens(max: number): RememberedTokens {
  const generationMax = Math.max(1, Math.floor(max / 2));
  let young = new Map<string, RememberedToken>();
  let old = new Map<string, RememberedToken>();

  function set(fingerprint: string, token: RememberedToken): void {
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(fingerprint, token);
  }

  return {
    get(fingerprint) {
      const token = young.get(fingerprint);
      if (token !== undefined) return token;
      const older = old.get(fingerprint);
      if (older !== undefined) {
        old.delete(fingerprint);
        set(fingerprint, older);
      }
      return older;
    },
    set,
    forget(fingerprint) {
      young.delete(fingerprint);
      old.delete(fingerprint);
    },
  };
}
