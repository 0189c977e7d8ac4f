import type { AuditActor, AuditLog } from '../audit/audit-log.ts';
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

/**
 * Seals all signing keys with the first secret, so that the ones behind it can be dropped. A key that cannot be opened stays as it is and is named; the others
 * are sealed all the same. May run beside itself. Throws UnavailableError ('database'). Does NOT touch what else is sealed.
 */
export async function resealKeys(
  {
    store,
    box,
    audit,
  }: { readonly store: SigningKeyStore; readonly box: SecretBox; readonly audit: AuditLog },
  actor: AuditActor,
): Promise<ResealOutcome> {
  const unreadable: string[] = [];
  let resealed = 0;
  const { keys } = await store.list();
  for (const { id, sealedPrivateJwk } of keys)
    try {
      const sealed = await box.reseal(sealedPrivateJwk, sealPurpose(id));
      if (sealed !== undefined && (await store.replaceSealed(id, sealedPrivateJwk, sealed))) resealed += 1;
    } catch (error) {
      if (!(error instanceof SealedTextError)) throw error;
      unreadable.push(id);
    }
  const unchanged = keys.length - resealed - unreadable.length;
  const details = { resealed, unchanged, unreadable };
  audit.record({ type: 'secrets.resealed', outcome: 'success', actor, details });
  return details;
}
