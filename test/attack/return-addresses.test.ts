import { describe, expect, it } from 'vitest';
import { type ContractDocument, listOperations } from '../../src/lib/contract-document.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../support/core/core-app.ts';

const ADDRESSES = [
  '//evil.test',
  '/\\evil.test',
  '/\t/evil.test',
  'https:evil.test',
  'https://gate.test.evil.test',
  'https://gate.test@evil.test',
  'javascript:alert("evil")',
];
const NAMES = ['rd', 'redirect', 'redirect_uri', 'return_to', 'returnTo', 'next', 'url', 'continue'];

/** A query that names every address by every name. */
const QUERY = new URLSearchParams(NAMES.flatMap((name) => ADDRESSES.map((address) => [name, address])));

/** Where an answer leads, and whether it repeats an address that was sent. */
async function leads(response: Response): Promise<{ readonly away: boolean; readonly repeats: boolean }> {
  const location = response.headers.get('location');
  const isAway = location !== null && new URL(location, 'https://gate.test').origin !== 'https://gate.test';
  const told = JSON.stringify([...response.headers]) + (await response.text());
  return {
    away: isAway || (response.status >= 300 && response.status < 400),
    repeats: told.includes('evil'),
  };
}

async function listAll({ send }: CoreUnderTest) {
  const document: ContractDocument = await (await send('GET', '/docs.json')).json();
  return listOperations(document).map(({ method, path }) => ({
    method,
    path: path.replaceAll(/\{\w+\}/g, 'any'),
  }));
}

describe('attack 45: return addresses of strangers', () => {
  it('lead nowhere in the query of any operation, whoever asks', async () => {
    const core = await startCoreApp();
    const operations = await listAll(core);
    expect(operations.length).toBeGreaterThan(20);
    for (const { method, path } of operations)
      for (const token of [undefined, (await core.logIn('admin')).accessToken]) {
        const response = await core.send(method, `${path}?${QUERY}`, token === undefined ? {} : { token });
        expect({ method, path, ...(await leads(response)) }).toEqual({
          method,
          path,
          away: false,
          repeats: false,
        });
      }
  });

  it('are no part of a log-in: one that names any is refused, and one that has any in its query leads to our own path', async () => {
    const { send } = await startCoreApp();
    const body = { login: 'doctor', password: PASSWORD };
    for (const name of NAMES)
      for (const address of ADDRESSES) {
        const refused = await send('POST', '/v1/auth/sessions', { body: { ...body, [name]: address } });
        expect(refused.status, name).toBe(400);
        expect(await leads(refused)).toEqual({ away: false, repeats: false });
      }
    const headers = { origin: 'https://gate.test', referer: 'https://gate.test.evil.test/' };
    for (const transport of ['bearer', 'cookie']) {
      const path = `/v1/auth/sessions?${QUERY}`;
      const begun = await send('POST', path, { body: { ...body, transport }, headers });
      expect(begun.status).toBe(201);
      expect(begun.headers.get('location')).toMatch(/^\/v1\/auth\/sessions\/ses_[0-9a-f]{32}$/);
      expect(await leads(begun)).toEqual({ away: false, repeats: false });
    }
  });
});
