import { isRoleName } from '../../identity/role-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';

/** What a program may do: sorted, each once. */
export interface MachineGrants {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

// A program is no person and its secret lies in files; administration stays with users, whose sessions can be ended.
const ROLE_WITHHELD = 'admin';

/** Brings what a program is to be granted into order. Does NOT let through what is no role name, nor the role `admin`. */
export function machineGrants(wanted: MachineGrants): Result<MachineGrants, 'role_not_allowed'> {
  const roles = [...new Set(wanted.roles)].sort();
  const scopes = [...new Set(wanted.scopes)].sort();
  const mayHave = roles.every((role) => isRoleName(role) && role !== ROLE_WITHHELD);
  return mayHave ? ok({ roles, scopes }) : refused('role_not_allowed');
}
