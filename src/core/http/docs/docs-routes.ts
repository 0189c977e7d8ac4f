import { createRoute, z } from '@hono/zod-openapi';
import type { ContractDocument } from '../../../lib/contract-document.ts';
import { MINUTE_SECONDS } from '../../../lib/durations.ts';
import type { CoreApp } from '../core-env.ts';
import { contentSecurityPolicy } from '../pages/content-security-policy.ts';
import { NO_CREDENTIAL } from '../security-requirements.ts';
import { buildContract, type ProductFacts } from './build-contract.ts';
import { viewDocsPage } from './docs-page.ts';
import { DOCS_STYLE } from './docs-style.ts';

// Long enough for a reader who goes back and forth, short enough that an upgrade shows soon.
const CACHE_CONTROL = `public, max-age=${5 * MINUTE_SECONDS}`;
const headers = z.object({ 'Cache-Control': z.string().openapi({ example: CACHE_CONTROL }) });

// Only told: it is the whole of OpenAPI's own schema otherwise.
const documentSchema = z.unknown().openapi('OpenApiDocument', {
  type: 'object',
  properties: { openapi: { type: 'string' } },
  required: ['openapi'],
});

const documentRoute = createRoute({
  method: 'get',
  path: '/docs.json',
  operationId: 'getContract',
  tags: ['Contract'],
  security: NO_CREDENTIAL,
  summary: 'The contract, for programs',
  responses: {
    200: {
      description: 'An OpenAPI 3.1 document of every route, this one included.',
      headers,
      content: {
        'application/json': { schema: documentSchema },
      },
    },
  },
});

const pageRoute = createRoute({
  method: 'get',
  path: '/docs',
  operationId: 'getDocumentation',
  tags: ['Contract'],
  security: NO_CREDENTIAL,
  summary: 'The contract, for people',
  responses: {
    200: {
      description: 'A page without scripts that fetches nothing.',
      headers: headers.extend({ 'Content-Security-Policy': z.string() }),
      content: { 'text/html': { schema: z.string() } },
    },
  },
});

/**
 * Adds `GET /docs.json` and `GET /docs`: the contract of every route of the app, also of those that are added later. Both are made when they are first
 * asked for, and kept. Public: the contract holds no secret, and anyone may know the routes.
 */
export function addDocsRoutes(
  app: CoreApp,
  options: { readonly about: ProductFacts; readonly publicUrl: string },
): void {
  let contract: ContractDocument | undefined;
  let page: Promise<{ body: string; policy: string }> | undefined;
  const readContract = () => {
    contract ??= buildContract(app, options);
    return contract;
  };

  app.openapi(documentRoute, (c) => {
    c.header('Cache-Control', CACHE_CONTROL);
    return c.json(readContract(), 200);
  });

  app.openapi(pageRoute, async (c) => {
    page ??= makePage(readContract());
    const { body, policy } = await page;
    c.header('Cache-Control', CACHE_CONTROL);
    c.header('Content-Security-Policy', policy);
    return c.html(body, 200);
  });
}

async function makePage(contract: ContractDocument): Promise<{ body: string; policy: string }> {
  const policy = await contentSecurityPolicy({ style: DOCS_STYLE });
  return { body: String(await viewDocsPage(contract)), policy };
}
