import { argon2, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Group } from './groups.ts';
import { type IssuanceScene, LOGIN, PASSWORD } from './issuance-scene.ts';
import { countWork } from './rounds.ts';

const deriveArgon2 = promisify(argon2);
// The costs of the password hasher.
const COSTS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
// Enough that there is always one to hash, and few enough that none is refused.
const WORKERS = 8;
const HASHING = Math.min(availableParallelism(), 3);

/** Log-ins through the whole core on Postgres, beside the hashing that they cannot do without, as many at once as the core's. */
export async function logInsGroup(scene: IssuanceScene): Promise<Group> {
  const { post } = await scene.startCore('RS256');
  const message = Buffer.from(PASSWORD);
  const [ours, baseline] = ['Wardgate', 'bare crypto.argon2'];
  const contenders = [
    {
      name: ours,
      work: countWork(WORKERS, async () => {
        await post('/v1/auth/sessions', { login: LOGIN, password: PASSWORD });
      }),
    },
    {
      name: baseline,
      work: countWork(HASHING, async () => {
        await deriveArgon2('argon2id', { ...COSTS, message, nonce: randomBytes(16) });
      }),
    },
  ];
  const name = 'log-ins, RS256';
  return { name, contenders, comparisons: [{ name, ours, baseline, target: undefined }] };
}
