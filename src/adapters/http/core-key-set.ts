import type { KeySetSource } from '../../gateway/key-sets/key-set.ts';
import type { Cores } from './cores.ts';
import { createJwksUriSource } from './key-set-source.ts';

/** Makes the source of our own core's key set, from the first of the cores that has it. Does NOT cache. */
export function createCoreKeySetSource(
  cores: Cores,
  options: { readonly fetch: typeof fetch },
): KeySetSource {
  return () =>
    cores.ask((coreUrl) =>
      createJwksUriSource({
        ...options,
        uri: `${coreUrl}/.well-known/jwks.json`,
        timeoutMs: cores.timeoutMs,
      })(),
    );
}
