import {
  completeChange,
  PUBLISHED_BEFORE_SIGNING_SECONDS,
  secondsAfter,
  stateOf,
  type WantedChange,
} from './key-times.ts';
import { isSameKey } from './public-key-set.ts';
import type { KeyChange, SealedKeyPair, SigningKeyListing } from './signing-key-store.ts';

/** A decision about the keys that stand; is made again when others were changed meanwhile. */
export type KeyDecision = (listing: SigningKeyListing) => Promise<KeyChange | undefined>;

/** The decisions that there are about signing keys. */
export interface KeyChanges {
  /** A first key, which signs at once, where no key can sign; and times that are missing are set. */
  readonly first: KeyDecision;
  /** As `first`; and a next key where the current one is too old or of another algorithm than configured, and there is no next one yet. */
  due(rotateAfterSeconds: number): KeyDecision;
  /** A next key; or, `immediately`, a key that signs at once: the next one where there is one. */
  rotation(immediately: boolean): KeyDecision;
  /** A key pair from elsewhere as a next key, published before it signs. No change for a key that was there before, under whatever id. */
  addition(pair: SealedKeyPair): KeyDecision;
  /** The key withdrawn; where it was the current one, another signs at once. No change for a key that is unknown or revoked already. */
  revocation(id: string): KeyDecision;
}

/** Creates the decisions. `generate` makes a key pair of the algorithm given. */
export function createKeyChanges(options: {
  readonly algorithm: string;
  readonly generate: () => Promise<SealedKeyPair>;
}): KeyChanges {
  const { algorithm, generate } = options;
  const inState = (listing: SigningKeyListing, state: 'next' | 'current') =>
    listing.keys.find((key) => stateOf(key, listing, algorithm) === state);
  const added = async (signsFrom: Date) => ({ ...(await generate()), signsFrom });

  async function first(listing: SigningKeyListing): Promise<KeyChange | undefined> {
    if (inState(listing, 'current') !== undefined) return completeChange(listing, {});
    return completeChange(listing, await takeOverNow(listing));
  }

  /** The next key of the algorithm, or a new one, so that it signs at once. */
  async function takeOverNow(listing: SigningKeyListing): Promise<WantedChange> {
    const next = inState(listing, 'next');
    if (next?.algorithm !== algorithm) return { add: await added(listing.now) };
    return { times: [{ ...next, signsFrom: listing.now }] };
  }

  return {
    first,
    due: (rotateAfterSeconds) => async (listing) => {
      const current = inState(listing, 'current');
      if (current === undefined || inState(listing, 'next') !== undefined) return first(listing);
      const isOld = secondsAfter(current.signsFrom, rotateAfterSeconds) <= listing.now;
      return isOld || current.algorithm !== algorithm ? addition(await generate())(listing) : first(listing);
    },
    rotation: (immediately) => async (listing) => {
      if (immediately || inState(listing, 'current') === undefined)
        return completeChange(listing, await takeOverNow(listing));
      if (inState(listing, 'next') !== undefined) return completeChange(listing, {});
      return addition(await generate())(listing);
    },
    addition,
    revocation: (id) => async (listing) => {
      const key = listing.keys.find((each) => each.id === id && each.revokedAt === undefined);
      if (key === undefined) return undefined;
      const revoked = { ...key, revokedAt: listing.now };
      if (inState(listing, 'current')?.id !== id) return completeChange(listing, { times: [revoked] });
      const { add, times = [] } = await takeOverNow(listing);
      return completeChange(listing, { ...(add && { add }), times: [revoked, ...times] });
    },
  };
}

function addition(pair: SealedKeyPair): KeyDecision {
  return async (listing) => {
    if (listing.keys.some((key) => isSameKey(key, pair))) return undefined;
    const signsFrom = secondsAfter(listing.now, PUBLISHED_BEFORE_SIGNING_SECONDS);
    return completeChange(listing, { add: { ...pair, signsFrom } });
  };
}
