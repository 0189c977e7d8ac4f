import { CHALLENGE, documentedProblem, NO_STORE, RETRY_AFTER } from '../../lib/contract-answers.ts';
import type { ContractHeader, ContractOperation, ContractPart } from '../../lib/contract-document.ts';
import type { Dialect } from '../forward-auth/dialect.ts';
import { DIALECTS } from '../forward-auth/dialects.ts';
import { METHOD, ORIGIN_FORM } from '../forward-auth/read-original.ts';
import { IDENTITY_HEADER_NAMES } from '../identity-headers/identity-header-names.ts';

const TAG = 'Forward auth';

/** What each proxy calls the headers in which it describes the client's request. */
const DESCRIPTION_HEADERS: Readonly<Record<Dialect['name'], { method: string; target: string }>> = {
  nginx: { method: 'X-Original-Method', target: 'X-Original-URI' },
  traefik: { method: 'X-Forwarded-Method', target: 'X-Forwarded-Uri' },
  caddy: { method: 'X-Forwarded-Method', target: 'X-Forwarded-Uri' },
};

/** The contract of the paths where reverse proxies ask whether a request may pass. @see Dialect */
export const FORWARD_AUTH_CONTRACT: ContractPart = {
  tags: [
    {
      name: TAG,
      description:
        'Where a reverse proxy asks whether a request may pass, and as whom. Only proxies of `trusted_proxies` may ask.',
    },
  ],
  securitySchemes: {},
  paths: Object.fromEntries(DIALECTS.map((dialect) => [dialect.path, { get: operationOf(dialect) }])),
};

function operationOf({ name }: Dialect): ContractOperation {
  const { method, target } = DESCRIPTION_HEADERS[name];
  return {
    operationId: `decide${name[0]?.toUpperCase()}${name.slice(1)}`,
    tags: [TAG],
    // None, where the route is public.
    security: [{ bearerToken: [] }, { sessionCookie: [] }, {}],
    summary: `Ask as ${name}`,
    description: 'The credential is that of the client, whose header fields the proxy hands on as they are.',
    parameters: [
      { name: method, in: 'header', required: true, ...text("The client's method.", 'GET', METHOD.source) },
      {
        name: target,
        in: 'header',
        required: true,
        ...text("The client's path and query.", '/patients/p-1', ORIGIN_FORM.source),
      },
    ],
    responses: {
      200: {
        description: 'It may pass, with these header fields in place of any that the client sent.',
        headers: { ...NO_STORE, ...identityHeaders() },
      },
      400: documentedProblem('The request, or its description, cannot be read in one way.'),
      401: documentedProblem('The route needs a credential, and there is none that is valid.', CHALLENGE),
      403: documentedProblem('The caller may not use the route, or who asks is no trusted proxy.', CHALLENGE),
      404: documentedProblem('No route is at that path.'),
      405: documentedProblem('The route does not take that method.', {
        Allow: { description: 'The methods that it takes.', required: true, schema: { type: 'string' } },
      }),
      503: documentedProblem('Whether it may pass cannot be told right now.', RETRY_AFTER),
    },
  };
}

function identityHeaders(): Record<string, ContractHeader> {
  const header = { required: true, ...text('Empty where there is nothing to say.') };
  return Object.fromEntries(IDENTITY_HEADER_NAMES.map((name) => [name, header]));
}

function text(description: string, example?: string, pattern?: string) {
  return {
    description,
    schema: { type: 'string', ...(example && { example }), ...(pattern && { pattern }) },
  };
}
