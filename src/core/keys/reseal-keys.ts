import type { AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import type { RefreshKeyStore } from '../sessions/refresh-key-store.ts';
import { refreshKeySealPurpose } from '../sessions/refresh-keys.ts';
import { sealPurpose } from './generate-signing-key.ts';
import { SealedTextError, type SecretBox } from './secret-box.ts';
import type { SigningKeyStore } from './signing-key-store.ts';

/** What became of the sealed keys. */
export interface ResealOutcome {
  readonly resealed: number;
  /** Sealed by the first secret before, or replaced meanwhile by somebody else. */
  readonly unchanged: number;
  /** The keys that no configured secret opens. */
  readonly unreadable: readonly string[];
}

/** A key at rest and how its seal is replaced. */
interface SealedKey {
  readonly id: string;
  readonly sealed: string;
  readonly purpose: string;
  replace(sealed: string): Promise<boolean>;
}

/**
 * Seals all signing and refresh keys with the first secret, so that the ones behind it can be dropped. A key that cannot be opened stays as it is and
 * is named; the others are sealed all the same. May run beside itself. Throws UnavailableError ('database').
 */
export async function resealKeys(
  options: {
    readonly signing: SigningKeyStore;
    readonly refresh: RefreshKeyStore;
    readonly box: SecretBox;
    readonly audit: AuditLog;
  },
  by: AuditOrigin,
): Promise<ResealOutcome> {
  const { signing, refresh, box, audit } = options;
  const unreadable: string[] = [];
  let resealed = 0;
  const keys = [...(await listSigningKeys(signing)), ...(await listRefreshKeys(refresh))];
  for (const key of keys)
    try {
      const sealed = await box.reseal(key.sealed, key.purpose);
      if (sealed !== undefined && (await key.replace(sealed))) resealed += 1;
    } catch (error) {
      if (!(error instanceof SealedTextError)) throw error;
      unreadable.push(key.id);
    }
  const unchanged = keys.length - resealed - unreadable.length;
  const details = { resealed, unchanged, unreadable };
  audit.record({ type: 'secrets.resealed', outcome: 'success', ...by, details });
  return details;
}

async function listSigningKeys(store: SigningKeyStore): Promise<readonly SealedKey[]> {
  return (await store.list()).keys.map(({ id, sealedPrivateJwk: sealed }) => ({
    id,
    sealed,
    purpose: sealPurpose(id),
    replace: (to) => store.replaceSealed(id, sealed, to),
  }));
}

async function listRefreshKeys(store: RefreshKeyStore): Promise<readonly SealedKey[]> {
  return (await store.list()).map(({ id, sealedKey: sealed }) => ({
    id,
    sealed,
    purpose: refreshKeySealPurpose(id),
    replace: (to) => store.replaceSealed(id, sealed, to),
  }));
}
