import { isRoleName } from '../../identity/role-name.ts';

/** The scopes that each role brings, as the policy file says. */
export type RoleScopes = ReadonlyMap<string, readonly string[]>;

/** The scopes that roles bring together: sorted, without duplicates. A role that the policy does not name brings none. */
export function scopesOfRoles(roles: readonly string[], roleScopes: RoleScopes): readonly string[] {
  return [...new Set(roles.flatMap((role) => roleScopes.get(role) ?? []))].sort();
}

/**
 * The roles as they are told to others: sorted, without duplicates. Throws for a text that is not a role name, so that `a,admin` in a
 * row never becomes two roles further on; whoever writes roles checks them before.
 */
export function checkedRoles(roles: readonly string[]): readonly string[] {
  // The name is not in the message: messages end in logs, and a stored text may hold anything.
  if (!roles.every(isRoleName)) throw new TypeError('a stored role is not a role name');
  return [...new Set(roles)].sort();
}
