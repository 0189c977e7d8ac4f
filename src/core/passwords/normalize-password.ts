/** The most characters of a password, counted as code points after NFKC. */
export const PASSWORD_LENGTH_MAX = 256;

/**
 * The most UTF-16 units that a request may send as a password: for the bound of a body's schema. Above `PASSWORD_LENGTH_MAX`, so that a
 * password that is too long is told from a body that is no such request, and so that each character may be made of several.
 */
export const PASSWORD_INPUT_LENGTH_MAX = 1024;

/**
 * Brings a password into the one form that is hashed: NFKC, so that the same password typed on two keyboards is the same.
 * Does NOT trim, fold case or judge strength. @see NIST SP 800-63B-4, section 3.1.1.2 (Password Verifiers)
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Tells whether nobody can have that password, because it is longer than any may be; costs nothing, so that long ones cost nothing. Takes it
 * as it came or normalized.
 */
export function isBeyondPasswords(password: string): boolean {
  if (password.length > PASSWORD_INPUT_LENGTH_MAX) return true;
  return (
    password.length > PASSWORD_LENGTH_MAX &&
    countCodePoints(normalizePassword(password)) > PASSWORD_LENGTH_MAX
  );
}

/** Counts the characters of a text as code points, so that an emoji is one and not two. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
