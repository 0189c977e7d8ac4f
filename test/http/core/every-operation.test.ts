import { describe, expect, it } from 'vitest';
import type { CoreApp } from '../../../src/core/http/core-env.ts';
import {
  type ContractDocument,
  listOperations,
  type PlacedOperation,
} from '../../../src/lib/contract-document.ts';
import { INTERNAL_CLIENT, startCoreApp } from '../../support/core/core-app.ts';
import { answerCheckOf } from '../../support/openapi/answer-check.ts';
import { untoldTokens } from '../../support/tokens/steered-tokens.ts';

const FACTS = { requestId: 'req-1', clientAddress: '192.0.2.7' };
const LARGER_THAN_ALLOWED = JSON.stringify({ filler: 'x'.repeat(64 * 1024) });

async function startWithOperations(publicUrl = 'https://gate.test') {
  const started = await startCoreApp({ publicUrl });
  const document: ContractDocument = await (await started.send('GET', '/docs.json')).json();
  return { ...started, operations: listOperations(document) };
}

/** The path with something in place of each parameter. */
function pathOf({ path }: PlacedOperation): string {
  return path.replaceAll(/\{\w+\}/g, 'any');
}

/** Whether an operation takes that credential. */
function takes(credential: string, { operation }: PlacedOperation): boolean {
  return operation.security?.some((one) => Object.hasOwn(one, credential)) ?? false;
}

function bodyTypes({ operation }: PlacedOperation): string[] {
  return Object.keys(operation.requestBody?.content ?? {});
}

/** Whether an operation shows a page, which is the same whatever the request holds. */
function isPage({ operation }: PlacedOperation): boolean {
  return operation.responses['200']?.content?.['text/html'] !== undefined;
}

/** Asks an app of one's own making, and holds the answer against the contract. */
async function ask(app: CoreApp, { method }: PlacedOperation, request: Request): Promise<number> {
  const response = await app.request(request, undefined, FACTS);
  await (await answerCheckOf(app))(method, request.url, response);
  return response.status;
}

describe('every operation', () => {
  it('that takes a user’s credential answers 400 to two of them, and 503 while neither can be told', async () => {
    const { core, operations, send, logIn, logInWithCookie } = await startWithOperations();
    const { accessToken: token } = await logIn('admin');
    const { cookie } = await logInWithCookie('admin');
    const blind = core.createApp(
      { authenticateCaller: async () => ({ kind: 'unavailable' }) },
      core.createIntrospection(untoldTokens),
    );
    for (const placed of operations.filter((one) => takes('bearerToken', one))) {
      const { method, path } = placed;
      const { status } = await send(method, pathOf(placed), { token, headers: { cookie } });
      const blindStatus = await ask(
        blind,
        placed,
        new Request(`https://gate.test${pathOf(placed)}`, { method }),
      );
      expect({ method, path, status, blindStatus }).toEqual({ method, path, status: 400, blindStatus: 503 });
    }
  });

  it('that changes something answers 403 to the cookie from a page of another origin', async () => {
    const { operations, send, logInWithCookie } = await startWithOperations();
    const headers = { ...(await logInWithCookie('admin')), origin: 'https://evil.test' };
    for (const placed of operations.filter((one) => takes('sessionCookie', one) && one.method !== 'GET')) {
      const { method, path } = placed;
      const { status } = await send(method, pathOf(placed), { headers });
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  it('answers 413 to a body that is too large, before it looks at the credential', async () => {
    const { operations, send } = await startWithOperations();
    for (const placed of operations.filter(({ method }) => method !== 'GET')) {
      const { method, path } = placed;
      const { status } = await send(method, pathOf(placed), { body: LARGER_THAN_ALLOWED });
      expect({ method, path, status }).toEqual({ method, path, status: 413 });
    }
  });

  it('that takes JSON alone answers 415 to anything else', async () => {
    const { operations, send, logIn } = await startWithOperations();
    const { accessToken } = await logIn('admin');
    const internal = `Basic ${btoa(`${INTERNAL_CLIENT.id}:${INTERNAL_CLIENT.secret}`)}`;
    for (const placed of operations.filter((one) => bodyTypes(one).join() === 'application/json')) {
      const { method, path } = placed;
      const authorization = takes('internalClient', placed) ? internal : `Bearer ${accessToken}`;
      const headers = { authorization, 'content-type': 'text/plain' };
      const { status } = await send(method, pathOf(placed), { body: '{}', headers });
      expect({ method, path, status }).toEqual({ method, path, status: 415 });
    }
  });

  it.each(['https://gate.test', 'https://gate.test/auth'])(
    'answers 500 without a word of why where our own code fails, at %s',
    async (publicUrl) => {
      const { app, operations, logged } = await startWithOperations(publicUrl);
      for (const placed of operations.filter((one) => !isPage(one) && !one.path.startsWith('/docs'))) {
        const { method, path } = placed;
        const request = new Request(`https://gate.test${pathOf(placed)}`, { method });
        Object.defineProperty(request, 'headers', { get: failWithSecret });
        const status = await ask(app, placed, request);
        expect({ method, path, status }).toEqual({ method, path, status: 500 });
      }
      expect(logged.join('\n')).toContain('the core failed');
      expect(logged.join('\n')).not.toContain('hunter2');
    },
  );

  it('of the contract itself answers 500 where the contract cannot be made', async () => {
    const { operations } = await startWithOperations();
    const check = await answerCheckOf((await startCoreApp()).app);
    const about = {
      description: '',
      license: '',
      get version(): string {
        return failWithSecret();
      },
    };
    const { app } = await startCoreApp({ about });
    for (const { method, path } of operations.filter((one) => one.path.startsWith('/docs'))) {
      const response = await app.request(path, { method }, FACTS);
      await check(method, path, response);
      expect({ path, status: response.status }).toEqual({ path, status: 500 });
    }
  });
});

function failWithSecret(): never {
  throw new TypeError('a failure that speaks of hunter2');
}
