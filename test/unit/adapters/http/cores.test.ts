import { describe, expect, it } from 'vitest';
import { createCores } from '../../../../src/adapters/http/cores.ts';
import { createHttpSessionLookup } from '../../../../src/adapters/http/session-lookup-http.ts';
import { UnavailableError } from '../../../../src/lib/unavailable-error.ts';

const CLIENT = { id: 'edge', secret: 'a-secret-of-the-edge' };

/** A look-up at two cores that answer by what the test puts there. */
function setUp() {
  const answers: Record<string, () => Response | Promise<Response>> = {};
  const asked: string[] = [];
  const cores = createCores(['http://one.test', 'http://two.test'], CLIENT);
  const lookup = createHttpSessionLookup(cores, {
    fetch: async (url) => {
      const { hostname } = new URL(String(url));
      asked.push(hostname);
      return (answers[hostname] ?? (() => Response.json({ active: false })))();
    },
  });
  return { answers, asked, isActive: () => lookup.isActive('ses_1') };
}

const refuseConnection = () => Promise.reject(new TypeError('fetch failed'));

describe('several cores', () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ['does not answer', refuseConnection],
    ['answers 503', () => new Response('', { status: 503 })],
    ['answers 500', () => new Response('', { status: 500 })],
    ['answers with no JSON', () => new Response('<p>')],
    ['answers with a list', () => Response.json([])],
  ])('ask the next one where one %s', async (_what, answer) => {
    const { answers, asked, isActive } = setUp();
    answers['one.test'] = answer;
    expect(await isActive()).toBe(false);
    expect(asked).toEqual(['one.test', 'two.test']);
  });

  it('begin with the one that answered last', async () => {
    const { answers, asked, isActive } = setUp();
    answers['one.test'] = refuseConnection;
    await isActive();
    await isActive();
    expect(asked).toEqual(['one.test', 'two.test', 'two.test']);
    answers['two.test'] = refuseConnection;
    delete answers['one.test'];
    expect(await isActive()).toBe(false);
    expect(asked.slice(3)).toEqual(['two.test', 'one.test']);
  });

  it('do not ask the next one about an answer that is well-formed', async () => {
    const { asked, isActive } = setUp();
    expect(await isActive()).toBe(false);
    expect(asked).toEqual(['one.test']);
  });

  it('do not ask the next one where our credential is refused', async () => {
    const { answers, asked, isActive } = setUp();
    answers['one.test'] = () => new Response('', { status: 401 });
    await expect(isActive()).rejects.toBeInstanceOf(UnavailableError);
    expect(asked).toEqual(['one.test']);
  });

  it('cannot tell when none of them answers', async () => {
    const { answers, asked, isActive } = setUp();
    answers['one.test'] = refuseConnection;
    answers['two.test'] = refuseConnection;
    await expect(isActive()).rejects.toBeInstanceOf(UnavailableError);
    expect(asked).toEqual(['one.test', 'two.test']);
  });
});
