import { createCheckedSecret, isCheckedSecret } from './checked-secret.ts';

const PREFIX = 'wgk_';
const HINT_LENGTH = 8;

/** Makes an API key: `wgk_` and 49 base62 characters. Does NOT store it. */
export function createApiKey(): string {
  return createCheckedSecret(PREFIX);
}

/** Tells whether a text is written as an API key, with the check right, so that a mistyped one costs no look-up. Does NOT tell whether it was issued. */
export function isApiKey(text: string): boolean {
  return isCheckedSecret(PREFIX, text);
}

/** The first characters of a key, by which its owner knows it again; four of them are random, so they help nobody to guess the rest. */
export function hintOfApiKey(key: string): string {
  return key.slice(0, HINT_LENGTH);
}
