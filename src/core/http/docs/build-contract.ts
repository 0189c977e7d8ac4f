import { CHALLENGE, documentedProblem, NO_STORE, RETRY_AFTER } from '../../../lib/contract-answers.ts';
import {
  type ContractDocument,
  type ContractHeader,
  type ContractPart,
  listOperations,
  type PlacedOperation,
} from '../../../lib/contract-document.ts';
import type { CoreApp } from '../core-env.ts';
import { securitySchemes } from '../security-requirements.ts';

/** What the contract says of the product itself. */
export interface ProductFacts {
  readonly version: string;
  readonly description: string;
  /** By its SPDX identifier. */
  readonly license: string;
  /** What answers at the public URL besides the core, finished. */
  readonly besides?: ContractPart;
}

// What the groups of operations are about; a group without an entry here stands in the contract by its name alone.
const TAGS: Readonly<Record<string, string>> = {
  Sessions: 'Logging in, looking at sessions and ending them.',
  Account: 'What a user may ask about and do to its own account.',
  Keys: 'The keys that verify what is signed here.',
  Administration: 'What callers with the role `admin` may do to users.',
  'API keys': 'Issuing, listing and revoking the keys of machines.',
  Clients: 'Registering and administering OAuth clients: programs that act for themselves.',
  OAuth: 'What OAuth clients ask, in the words of the RFCs.',
  Gateways: 'What gateways that run apart from the core ask.',
  Internal: 'What gateways that run apart from the core ask about machines.',
  Contract: 'This description itself.',
};

// What a newcomer needs before any single operation.
const FIRST_STEPS =
  'Log in at `POST /v1/auth/sessions` and send the access token as `Authorization: Bearer ...`; when it has expired, exchange the refresh token at `POST /v1/auth/tokens/refresh`. Pages log in with the transport `cookie` and send nothing themselves. Every refusal but those of OAuth is a problem document (RFC 9457): programs read its `code`, people its `title`, and `request_id` finds the request in the log. Where an answer carries `Retry-After`, the same request may succeed later.';

const HEADERS: Readonly<Record<string, Readonly<Record<string, ContractHeader>>>> = {
  401: CHALLENGE,
  // Absent where another credential would not help.
  403: { 'WWW-Authenticate': { ...CHALLENGE['WWW-Authenticate'], required: false } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/**
 * Builds the contract of all routes that were added to the app: their definitions, and what holds for every one of them (the header fields of
 * refusals, the limit of bodies, failures on our side), which no route has to repeat. Does NOT cache.
 */
export function buildContract(
  app: CoreApp,
  { about, publicUrl }: { readonly about: ProductFacts; readonly publicUrl: string },
): ContractDocument {
  const { version, description, license, besides } = about;
  const written = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Wardgate', version, description: `${description}\n\n${FIRST_STEPS}` },
    servers: [{ url: publicUrl, description: 'The public URL.' }],
  });
  // The library's own copy shares objects with the routes' definitions, which other apps of the process use too.
  const document: ContractDocument = JSON.parse(JSON.stringify(written), fixPattern);
  // OpenAPI 3.1 names a license by its SPDX identifier; the library's type of it does not.
  Object.assign(document.info, { license: { name: license, identifier: license } });
  Object.assign(document.components, {
    securitySchemes: { ...securitySchemes(publicUrl), ...besides?.securitySchemes },
  });
  const operations = listOperations(document);
  for (const placed of operations) completeOperation(placed);
  const names = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
  document.tags = [
    ...[...names].map((name) => ({ name, ...(TAGS[name] && { description: TAGS[name] }) })),
    ...(besides?.tags ?? []),
  ];
  Object.assign(document.paths, besides?.paths);
  return document;
}

/** JSON Schema's patterns have no delimiter and no flags (2020-12, section 6.4); those of the writer end with both where there is a flag. */
function fixPattern(name: string, value: unknown): unknown {
  return name === 'pattern' && typeof value === 'string' ? value.replace(/\/[dgimsuvy]+$/, '') : value;
}

function completeOperation({ method, operation }: PlacedOperation): void {
  operation.security ??= [];
  // Requests of GET have no body.
  if (method !== 'GET') operation.responses['413'] ??= documentedProblem('The body is too large.');
  operation.responses['500'] ??= documentedProblem('It failed on our side; the log tells why.');
  for (const [status, response] of Object.entries(operation.responses)) {
    const known = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
    const more = {
      ...HEADERS[status],
      ...(!known.includes('cache-control') && NO_STORE),
    };
    response.headers = { ...more, ...response.headers };
  }
}
