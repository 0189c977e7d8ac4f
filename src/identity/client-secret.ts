import { createCheckedSecret, isCheckedSecret } from './checked-secret.ts';

const PREFIX = 'wgs_';

/** Makes the secret of an OAuth client: `wgs_` and 49 base62 characters. Does NOT store it. */
export function createClientSecret(): string {
  return createCheckedSecret(PREFIX);
}

/** Tells whether a text is written as a client secret, with the check right. Does NOT tell whether it was issued. */
export function isClientSecret(text: string): boolean {
  return isCheckedSecret(PREFIX, text);
}
