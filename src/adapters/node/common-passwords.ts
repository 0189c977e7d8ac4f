import type { IsCommonPassword } from '../../core/passwords/password-policy.ts';

/**
 * Loads the offline list of the commonest passwords: 49,233 from leaks, in lower case, without a network. Takes a tenth of a second and a few
 * megabytes, so it is loaded where passwords are set and nowhere else. Does NOT know passwords by what they are made of; see `isGuessable`.
 * @see https://zxcvbn-ts.github.io/zxcvbn/guide/languages/ (language-common)
 */
export async function loadCommonPasswords(): Promise<IsCommonPassword> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const known = new Set(dictionary['passwords-common'].map((password) => String(password)));
  return (text) => known.has(text);
}
