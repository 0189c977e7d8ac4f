import { createCheckedSecret } from './checked-secret.ts';

const PREFIX = 'wgs_';

/** Makes the secret of an OAuth client: `wgs_` and 49 base62 characters. Does NOT store it. */
export function createClientSecret(): string {
  return createCheckedSecret(PREFIX);
}
