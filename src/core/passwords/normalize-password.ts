/** The most characters of a password that are looked at; longer ones are refused before any work. */
export const PASSWORD_LENGTH_MAX = 1024;

/**
 * Brings a password into the one form that is hashed: NFKC, so that the same password typed on two keyboards is the same.
 * Does NOT trim, fold case or judge strength. @see NIST SP 800-63B-4, section 3.1.1.2 (Password Verifiers)
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}
