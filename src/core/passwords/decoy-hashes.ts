import { type Clock, HOUR_SECONDS } from '../../lib/durations.ts';
import { sha256 } from '../../lib/sha256.ts';
import { createSessionToken } from '../sessions/session-token.ts';
import type { UserStore } from '../users/user-store.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** Gives the hash that is verified for a login that has none, so that it takes the time of one that has. */
export type DecoyHash = (login: string) => Promise<string>;

// Enough that a kind of hash which one user in fifty has is among them.
const SAMPLE_SIZE = 200;
const SAMPLE_SECONDS = HOUR_SECONDS;

/**
 * Creates the choice of decoys. Where hashes of other systems are stored, each takes its own time; so a decoy is one of the hashes at rest, of each kind
 * with the share that the kind has among users. A login gets one of the same kind each time, at every replica, and nobody without
 * `WARDGATE_SECRET` can tell which one it should be. Does NOT say whether a password is right: whoever uses a decoy refuses.
 * Throws UnavailableError ('database') when the first sample cannot be taken.
 */
export async function createDecoyHashes(options: {
  readonly users: Pick<UserStore, 'samplePasswordHashes'>;
  readonly hasher: PasswordHasher;
  readonly secrets: readonly string[];
  readonly clock: Clock;
}): Promise<DecoyHash> {
  const { users, clock } = options;
  const [secret = ''] = options.secrets;
  // For as long as nobody has a password; of one that nobody knows, with the costs of real ones.
  const own = await options.hasher.hash(createSessionToken());
  // In the order of their text, which begins with kind and costs.
  const sample = async () => (await users.samplePasswordHashes(SAMPLE_SIZE)).toSorted();
  let hashes = await sample();
  let sampledAtMs = clock();

  function refreshWhenOld(): void {
    if (clock() - sampledAtMs < SAMPLE_SECONDS * 1000) return;
    sampledAtMs = clock();
    sample().then(
      (fresh) => {
        hashes = fresh;
      },
      // The old sample serves; the next is due in an hour.
      () => undefined,
    );
  }

  return async (login) => {
    refreshWhenOld();
    const digest = await sha256(`${secret} decoy ${login}`);
    const share = new DataView(digest.buffer).getUint32(0) / 2 ** 32;
    return hashes[Math.floor(share * hashes.length)] ?? own;
  };
}
