import { formatConfigProblem } from '../../../config/config-problem.ts';
import { DEFAULT_POLICY_FILE, readPublicUrl } from '../../../config/environment.ts';
import {
  type AdministerKeys,
  createAdministerKeys,
  type SigningKeyFacts,
} from '../../../core/keys/administer-keys.ts';
import { type SigningAlgorithm, sealPurpose } from '../../../core/keys/generate-signing-key.ts';
import { createSecretBox, type SecretBox } from '../../../core/keys/secret-box.ts';
import { createSigningKeys } from '../../../core/keys/signing-keys.ts';
import { readPolicyFile } from '../../read-policy-file.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { formatTable } from '../command-table.ts';
import type { CommandDatabase } from '../with-database.ts';

/** What commands on signing keys work with. */
export interface CommandKeys {
  readonly administerKeys: AdministerKeys;
  readonly box: SecretBox;
  /** `signing.algorithm` of the policy file. */
  readonly algorithm: SigningAlgorithm;
}

/** Opens the signing keys for a command, by the same rules as over HTTP. Throws CommandError for a policy file or a secret that is not right. */
export async function openCommandKeys(
  { env }: CommandContext,
  { stores, audit, log, readSecrets }: CommandDatabase,
): Promise<CommandKeys> {
  const file = env.WARDGATE_CONFIG || DEFAULT_POLICY_FILE;
  const policy = await readPolicyFile(file, { publicUrl: readPublicUrl(env) });
  if (!policy.ok)
    throw new CommandError(policy.reason.map((problem) => formatConfigProblem(problem, file)).join('\n'));
  const { algorithm } = policy.value.core.signing;
  const box = createSecretBox(await readSecrets());
  const store = stores.signingKeyStore;
  const keys = createSigningKeys({ store, box, algorithm, audit, clock: Date.now, log });
  return { administerKeys: createAdministerKeys({ store, keys, algorithm }), box, algorithm };
}

/** Warns where none of the keys that stand can be opened: most likely the processes that serve have another secret, and cannot open a new key either. */
export async function warnOfForeignSecret(
  { writeError }: CommandContext,
  { stores: { signingKeyStore } }: CommandDatabase,
  box: SecretBox,
): Promise<void> {
  const standing = (await signingKeyStore.list()).keys.filter(({ revokedAt }) => revokedAt === undefined);
  const openings = standing.map(({ id, sealedPrivateJwk }) =>
    box.unseal(sealedPrivateJwk, sealPurpose(id)).then(
      () => true,
      () => false,
    ),
  );
  if (standing.length > 0 && !(await Promise.all(openings)).includes(true))
    writeError(
      'Warning: no signing key that stands can be opened with this WARDGATE_SECRET; processes with another one cannot use the new key\n',
    );
}

const COLUMNS = ['ID', 'ALGORITHM', 'STATE', 'CREATED', 'SIGNS FROM', 'PUBLISHED UNTIL', 'REVOKED'];

/** Lays keys out as a table. */
export function formatKeys(keys: readonly SigningKeyFacts[]): string {
  const cells = ({ id, algorithm, state, ...key }: SigningKeyFacts) => {
    const times = [key.createdAt, key.signsFrom, key.publishedUntil, key.revokedAt];
    return [id, algorithm, state, ...times.map((at) => at?.toISOString() ?? '-')];
  };
  return formatTable(COLUMNS, keys.map(cells));
}
