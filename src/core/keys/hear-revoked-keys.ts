import type { FollowRevocations } from '../../identity/revocation.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Reads the signing keys again whenever the log tells that one was revoked, here or at another core. Answers with what stops it. */
export function hearRevokedKeys(keys: Pick<SigningKeys, 'reread'>, follow: FollowRevocations): () => void {
  return follow(undefined, ({ revocations }) => {
    if (revocations.some(({ kind }) => kind === 'key')) void keys.reread();
  });
}
