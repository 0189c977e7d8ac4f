import { areRoles, isRoleName } from '../../identity/role-name.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import { isTexts } from '../../lib/texts.ts';
import { type JsonObject, memberAt } from '../../oauth/json-object.ts';
import type { RejectReason } from '../decision.ts';
import type { RoleMapping } from '../policy/policy.ts';

// What could make one role two when roles are joined, or split a header.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SEPARATOR = /[\s,\u0000-\u001f\u007f-\u009f]/;

/** Reads the roles of our own tokens: a list of role names, each valid; anything else refuses the token. Sorted, without duplicates. */
export function readOwnRoles(roles: unknown): Result<readonly string[], RejectReason> {
  return areRoles(roles) ? ok(sortedSet(roles)) : refused('claim_malformed');
}

/**
 * Reads the roles of a foreign issuer's token: a list of texts, or one text that is one role; none where the claim is missing. With a map,
 * only the roles it names count, and mean what it says. Without one, valid role names pass, a name that holds a comma, a space or a
 * control character refuses the token, and every other name (`Offline_Access`, `/clinic/staff`) is left out: it could never match a
 * rule, and altering it could make it match one.
 */
export function readForeignRoles(
  payload: JsonObject,
  mapping: RoleMapping,
): Result<readonly string[], RejectReason> {
  const claim = memberAt(payload, mapping.claimPath) ?? [];
  const named = typeof claim === 'string' ? [claim] : claim;
  if (!isTexts(named)) return refused('claim_malformed');
  const { map } = mapping;
  if (map !== undefined) return ok(sortedSet(named.map((role) => map.get(role) ?? '').filter(isRoleName)));
  if (named.some((role) => SEPARATOR.test(role))) return refused('claim_malformed');
  return ok(sortedSet(named.filter(isRoleName)));
}

function sortedSet(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
