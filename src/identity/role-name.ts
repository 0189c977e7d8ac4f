import { isTexts } from '../lib/texts.ts';

/**
 * What a role name is: at most 128 characters. No comma, no space: role names are joined by commas in `X-User-Roles`, and `a,admin` must never become
 * two roles.
 */
export const ROLE_NAME = /^[a-z0-9][a-z0-9_.:-]{0,127}$/;

/** The role that may use the administration's paths. Once somebody has it, somebody always does. */
export const ADMIN_ROLE = 'admin';

/** Tells whether a text is a role name. */
export function isRoleName(text: string): boolean {
  return ROLE_NAME.test(text);
}

/** Tells whether a claim is a list of role names; an empty one is. */
export function areRoles(claim: unknown): claim is readonly string[] {
  return isTexts(claim) && claim.every(isRoleName);
}
