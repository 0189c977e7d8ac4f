import { CORE_ISSUER_ID } from '../identity/principal.ts';
import { type Complain, looseList, looseMap } from './loose-values.ts';

/** Checks that no upstream has the audience of our own core's tokens: a token for it alone would be good everywhere. */
export function checkAudiences(file: unknown, complain: Complain): void {
  const { issuers, upstreams } = looseMap(file);
  const own = looseList(issuers)
    .map(looseMap)
    .find(({ id }) => id === CORE_ISSUER_ID);
  if (typeof own?.audience !== 'string') return;
  const everywhere = own.audience;
  for (const [name, entry] of Object.entries(looseMap(upstreams))) {
    const { audience } = looseMap(entry);
    if ((audience ?? name) !== everywhere) continue;
    const expected = `expected another audience than that of ${CORE_ISSUER_ID}, which is good at every upstream`;
    const found = `found ${JSON.stringify(everywhere)}`;
    if (audience !== undefined) complain(['upstreams', name, 'audience'], `${expected}, ${found}`);
    else complain(['upstreams', name], `${expected}; set audience or name it otherwise, ${found}`, 'key');
  }
}
