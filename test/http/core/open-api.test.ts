import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ContractDocument, listOperations } from '../../../src/lib/contract-document.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { answerCheckOf } from '../../support/openapi/answer-check.ts';
import { unseenAnswers } from '../../support/openapi/seen-answers.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

async function readContract() {
  const started = await startCoreApp();
  const document: ContractDocument = await (await started.send('GET', '/docs.json')).json();
  return { ...started, document, operations: listOperations(document) };
}

describe('the contract', () => {
  it('describes every route of the app and nothing else', async () => {
    const { app, operations } = await readContract();
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    const served = app.routes
      .filter(({ method, path }) => METHODS.has(method) && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual([...new Set(served)].sort());
    expect(described).toContain('POST /v1/auth/sessions');
    expect(described).toContain('GET /docs.json');
  });

  it('names every operation once, in a group, with its credentials among those that it explains', async () => {
    const { document, operations } = await readContract();
    const names = operations.map(({ operation }) => operation.operationId);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(names.length);
    const schemes = Object.keys(document.components.securitySchemes ?? {});
    for (const { path, operation } of operations) {
      expect(operation.tags, path).toHaveLength(1);
      expect(operation.summary, path).toBeTruthy();
      const named = (operation.security ?? []).flatMap((one) => Object.keys(one));
      expect(schemes, path).toEqual(expect.arrayContaining(named));
    }
  });

  it('says of an operation that it needs a credential exactly where it answers 401 without one', async () => {
    const { operations, send } = await readContract();
    for (const { method, path, operation } of operations) {
      const response = await send(method, path.replaceAll(/\{\w+\}/g, 'any'));
      const asked = response.status === 401;
      // Where a credential may be left out, it is the body that tells.
      if (operation.security?.some((one) => Object.keys(one).length === 0)) continue;
      expect({ path, asked }).toEqual({ path, asked: operation.security?.length !== 0 });
    }
  });

  it('tells the version, the license, the public URL and the real name of the cookie', async () => {
    const { document } = await readContract();
    expect(document.info).toMatchObject({ version: '1.2.3', license: { identifier: 'Apache-2.0' } });
    expect(document.servers?.map(({ url }) => url)).toEqual(['https://gate.test']);
    expect(document.components.securitySchemes?.sessionCookie).toMatchObject({
      in: 'cookie',
      name: '__Host-wardgate_session',
    });
  });

  it('begins with the first steps, through operations that are there', async () => {
    const { document, operations } = await readContract();
    const named = document.info.description?.match(/(?:GET|POST) \/[\w/]+/g) ?? [];
    expect(named.length).toBeGreaterThan(1);
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    expect(described).toEqual(expect.arrayContaining(named));
  });

  it('says that refusals are problem documents, which challenge and tell when to come back', async () => {
    const { document } = await readContract();
    const responses = document.paths['/v1/auth/sessions']?.post?.responses;
    expect(responses?.['401']).toMatchObject({
      headers: { 'WWW-Authenticate': { required: true }, 'Cache-Control': { required: true } },
      content: { 'application/problem+json': {} },
    });
    expect(responses?.['503']?.headers).toHaveProperty('Retry-After');
    expect(document.paths['/v1/auth/sessions/{id}']?.delete?.responses).toHaveProperty('413');
    expect(document.paths['/.well-known/jwks.json']?.get?.responses['200']?.headers).toHaveProperty('ETag');
  });

  it('writes patterns as JSON Schema has them, without delimiter and flags', async () => {
    const { document } = await readContract();
    const patterns = JSON.stringify(document).match(/"pattern":"[^"]*"/g) ?? [];
    expect(patterns).toContain(String.raw`"pattern":"^\\P{Cc}+$"`);
    expect(patterns.filter((pattern) => /\/[a-z]+"$/.test(pattern))).toEqual([]);
  });
});

describe('the page of the contract', () => {
  it('shows every operation with its answers, and every schema, at anchors that its links reach', async () => {
    const { document, operations, send } = await readContract();
    const page = await (await send('GET', '/docs')).text();
    for (const { path, operation } of operations) {
      expect(page).toContain(`id="${operation.operationId}"`);
      expect(page).toContain(`${path}</code>`);
      for (const status of Object.keys(operation.responses)) expect(page).toContain(`>${status}</th>`);
    }
    for (const name of Object.keys(document.components.schemas ?? {}))
      expect(page).toContain(`id="schema-${name}"`);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  it('fetches nothing, from here or elsewhere, and runs no script', async () => {
    const { send } = await readContract();
    const response = await send('GET', '/docs');
    const page = await response.text();
    expect(page).not.toMatch(
      /<(?:script|link|img|iframe|object|embed|base|form)\b|\ssrc=|\son\w+=|@import|url\(/i,
    );
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
    expect(links.filter((target) => !target?.startsWith('#'))).toEqual(['docs.json']);

    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('escapes what it is told', async () => {
    const about = { version: '1', description: '<script>alert("1")</script>', license: '"><b>' };
    const { send } = await startCoreApp({ about });
    const page = await (await send('GET', '/docs')).text();
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<b>');
    expect(page).toContain('&lt;script&gt;');
  });
});

describe('the check of answers in this suite', () => {
  const answers: [why: string, method: string, path: string, response: Response][] = [
    ['does not document', 'GET', '/v1/auth/me', new Response(null, { status: 418 })],
    ['header field', 'GET', '/v1/auth/me', Response.json({}, { status: 401 })],
    [
      'content type',
      'GET',
      '/v1/auth/me',
      noStore(new Response('{}', { headers: { 'content-type': 'text/xml' } })),
    ],
    ['unlike the contract', 'GET', '/v1/auth/me', noStore(Response.json({ user: { id: 'usr_1' } }))],
    ['no such operation', 'GET', '/v1/nothing', Response.json({})],
  ];

  function noStore(response: Response): Response {
    response.headers.set('cache-control', 'no-store');
    return response;
  }

  it.each(answers)(
    'fails at an answer that the contract does not have: %s',
    async (why, method, path, response) => {
      const { app } = await startCoreApp();
      const check = await answerCheckOf(app);
      await expect(check(method, path, response)).rejects.toThrow(why);
    },
  );
});

describe('the count of answers in this suite', () => {
  it('names what is documented and never came, in whichever process it was looked for', () => {
    const seen = [
      { documented: ['GET /a 200', 'GET /a 404'], answered: ['GET /a 200'] },
      { documented: ['GET /a 200', 'GET /b 200'], answered: [] },
    ];
    expect(unseenAnswers(seen)).toEqual(['GET /a 404', 'GET /b 200']);
  });
});
