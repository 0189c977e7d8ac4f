import { type Complain, checkUnique, looseList, looseMap } from './loose-values.ts';
import { nameText, roleText } from './policy-texts.ts';

/** Checks the names of upstreams and of the roles that bring scopes, and that no list names a thing twice. */
export function checkReferences(file: unknown, complain: Complain): void {
  const { credentials, upstreams, role_scopes, issuers } = looseMap(file);
  checkUnique(looseList(credentials), (index) => ['credentials', index], 'each kind of credential', complain);
  checkKeys(upstreams, ['upstreams'], nameText, complain);
  checkKeys(role_scopes, ['role_scopes'], roleText, complain);
  looseList(issuers).forEach((issuer, index) => {
    const { map } = looseMap(looseMap(issuer).roles);
    if (Object.hasOwn(looseMap(map), '')) {
      complain(['issuers', index, 'roles', 'map', ''], 'expected the name of a role, found ""', 'key');
    }
  });
}

function checkKeys(value: unknown, path: readonly string[], rule: typeof nameText, complain: Complain): void {
  for (const key of Object.keys(looseMap(value))) {
    const message = rule.safeParse(key).error?.issues[0]?.message;
    if (message !== undefined) complain([...path, key], `${message}, found ${JSON.stringify(key)}`, 'key');
  }
}
