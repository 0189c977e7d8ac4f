import { IDENTITY_HEADER_NAMES } from '../../../src/gateway/identity-headers/identity-header-names.ts';
import type { UpstreamRequest } from '../servers/recording-upstream.ts';

/** The identity that a service takes from a request, by the name of each header that is always set. */
export interface SeenIdentity {
  readonly 'x-user-id': string;
  readonly 'x-user-roles': string;
  readonly 'x-consumer-username': string;
  readonly 'x-session-id': string;
}

/** Nobody's. */
export const NO_IDENTITY: SeenIdentity = {
  'x-user-id': '',
  'x-user-roles': '',
  'x-consumer-username': '',
  'x-session-id': '',
};

/**
 * Reads a request as the most careless of services would: every character of a field name that is no letter and no digit is one and the
 * same, as in the environment of a CGI program. Throws where an identity header then has more or less than one value, or where a name is
 * not spelled as ours.
 */
export function seenIdentity(request: UpstreamRequest): SeenIdentity {
  const entries = Object.keys(NO_IDENTITY).map((name): [string, string] => {
    const fields = fieldsNamed(request, name);
    const [field] = fields;
    if (field === undefined || fields.length > 1 || field[0].toLowerCase() !== name)
      throw new Error(`${name}: ${JSON.stringify(fields)}`);
    return [name, field[1]];
  });
  const assertions = fieldsNamed(request, 'x-identity-assertion');
  if (assertions.length > 0) throw new Error(`an assertion that nobody made: ${JSON.stringify(assertions)}`);
  return Object.fromEntries(entries) as unknown as SeenIdentity;
}

/** The fields that a careless reader takes for one name. */
export function fieldsNamed({ fields }: UpstreamRequest, name: string): UpstreamRequest['fields'] {
  return fields.filter(([given]) => folded(given) === folded(name));
}

/** Spellings of the identity headers' names that some reader takes for the real ones. */
export function spellings(): readonly string[] {
  return IDENTITY_HEADER_NAMES.flatMap((name) => [
    name,
    name.toUpperCase(),
    name.replaceAll('-', '_'),
    name.toUpperCase().replaceAll('-', '_'),
    name.replace('-', '_'),
    name.replace(/-(?=[^-]*$)/, '_'),
    name.replace(/\w/g, (letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter)),
    name.replaceAll('-', '.'),
    name.replaceAll('-', '~'),
  ]);
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
}
