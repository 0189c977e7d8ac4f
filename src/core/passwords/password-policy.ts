import { ok, type Result, refused } from '../../lib/result.ts';
import { isGuessable, padless } from './guessable-text.ts';
import {
  countCodePoints,
  normalizePassword,
  PASSWORD_INPUT_LENGTH_MAX,
  PASSWORD_LENGTH_MAX,
} from './normalize-password.ts';

/** Why a new password is refused; each is something that its user can mend. */
export type PasswordFault = 'too_short' | 'too_long' | 'too_common' | 'contains_context';

/** Whose password it is to be: words that whoever guesses tries first. */
export interface PasswordContext {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
}

/**
 * Judges a password that is to be set, and gives it in the one form that is hashed (NFKC). Does NOT judge a password that is checked: one that
 * was set under another policy, or in another system, stays good.
 */
export type PasswordPolicy = (password: string, context: PasswordContext) => Result<string, PasswordFault>;

/** Tells whether a text is one of the commonest passwords; asked in lower case and NFKC. */
export type IsCommonPassword = (text: string) => boolean;

/** The fewest characters of a password that is the only factor. @see NIST SP 800-63B-4, section 3.1.1.2 */
export const PASSWORD_LENGTH_MIN = 15;

// What anybody guesses at a clinic's door.
const SERVICE_WORDS = [
  ...['wardgate', 'clinic', 'hospital', 'patient', 'doctor', 'nurse', 'physician', 'praxis', 'klinik'],
  ...['health', 'medical', 'medicine', 'admin', 'administrator', 'password', 'passwort', 'login', 'welcome'],
];
// Shorter words hide in too many others.
const CONTEXT_WORD_LENGTH_MIN = 4;
// What has to be left beside the words of the context; fewer are guessed along with them.
const OWN_CHARACTERS_MIN = 8;

/**
 * Creates the policy: length alone and no rules of composition; not one of the commonest passwords, nor one of them repeated, doubled or padded; not
 * mostly made of the user's own names and of words that belong to the service.
 * @see NIST SP 800-63B-4, section 3.1.1.2 (length, blocklist, no composition rules)
 */
export function createPasswordPolicy(options: {
  readonly isCommon: IsCommonPassword;
  /** Words of this installation besides the general ones: its name, its host. */
  readonly serviceWords?: readonly string[];
  /** Default `PASSWORD_LENGTH_MIN`. */
  readonly lengthMin?: number;
}): PasswordPolicy {
  const { isCommon, lengthMin = PASSWORD_LENGTH_MIN } = options;
  const serviceWords = [...SERVICE_WORDS, ...(options.serviceWords ?? [])].flatMap(wordsOf);

  return (password, context) => {
    // Before it is normalized, which may make eighteen characters of one.
    if (password.length > PASSWORD_INPUT_LENGTH_MAX) return refused('too_long');
    const normalized = normalizePassword(password);
    const length = countCodePoints(normalized);
    if (length < lengthMin) return refused('too_short');
    if (length > PASSWORD_LENGTH_MAX) return refused('too_long');
    const text = normalized.toLowerCase();
    if (isGuessable(text, { isCommon, lengthMin })) return refused('too_common');
    const own = withoutWords(text, [...serviceWords, ...contextWords(context)]);
    if (own === text) return ok(normalized);
    const isLittle = countCodePoints(own.replace(/[^\p{L}\p{N}]/gu, '')) < OWN_CHARACTERS_MIN;
    return isLittle || isCommon(own) || isCommon(padless(own)) ? refused('contains_context') : ok(normalized);
  };
}

function contextWords({ email, username, displayName }: PasswordContext): string[] {
  return [email, username, displayName].flatMap((text) => (text === undefined ? [] : wordsOf(text)));
}

/** The text as a whole, and the words that it is made of: `j.doe@clinic.test` is also `doe`, `clinic` and `test` as far as they are long enough. */
function wordsOf(text: string): string[] {
  const whole = text.normalize('NFKC').toLowerCase();
  const parts = whole.split(/[^\p{L}\p{N}]+/u);
  return [whole, parts.join(''), ...parts].filter((word) => countCodePoints(word) >= CONTEXT_WORD_LENGTH_MIN);
}

/** What is left of a text when the words are taken out, longest first. */
function withoutWords(text: string, words: readonly string[]): string {
  const longestFirst = [...new Set(words)].sort((left, right) => right.length - left.length);
  return longestFirst.reduce((left, word) => left.replaceAll(word, ' '), text).trim();
}
