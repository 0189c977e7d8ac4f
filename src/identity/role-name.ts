const ROLE_NAME = /^[a-z0-9][a-z0-9_.:-]*$/;
const ROLE_NAME_LENGTH_MAX = 128;

/**
 * Tells whether a text is a role name: `[a-z0-9][a-z0-9_.:-]*`, at most 128 characters. No comma, no space: role names are
 * joined by commas in `X-User-Roles`, and `a,admin` must never become two roles.
 */
export function isRoleName(text: string): boolean {
  return text.length <= ROLE_NAME_LENGTH_MAX && ROLE_NAME.test(text);
}
