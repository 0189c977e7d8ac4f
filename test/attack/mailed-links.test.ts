import { describe, expect, it } from 'vitest';
import { hashOneTimeToken } from '../../src/core/links/one-time-token.ts';
import type { NewOneTimeToken } from '../../src/core/links/one-time-token-store.ts';
import { LINK_PATHS } from '../../src/core/mail/link-address.ts';
import { type CoreUnderTest, PASSWORD, startCoreApp } from '../support/core/core-app.ts';
import { linkIn } from '../support/core/mails.ts';

const FORGOT = '/v1/auth/password/forgot';
const RESET = LINK_PATHS.password_reset;
const NEXT = 'seven green kettles sing';

/** Asks for a link and gives the last that was mailed. */
async function askForLink(core: CoreUnderTest, headers: Readonly<Record<string, string>> = {}) {
  await core.send('POST', FORGOT, { body: { email: 'doctor@demo.test' }, headers });
  await core.settled();
  return linkIn(core.mails.findLast(({ kind }) => kind === 'password_reset') ?? { text: '' });
}

const reset = async ({ send }: CoreUnderTest, token: string) =>
  (await send('POST', RESET, { body: { token, password: NEXT } })).status;

/** Keeps what the store of tokens is given. */
function watchTokens({ stores }: CoreUnderTest): NewOneTimeToken[] {
  const kept: NewOneTimeToken[] = [];
  const { issue } = stores.oneTimeTokens;
  Object.assign(stores.oneTimeTokens, {
    issue: (token: NewOneTimeToken) => {
      kept.push(token);
      return issue(token);
    },
  });
  return kept;
}

describe('attack 50: links that reset a password', () => {
  it('are good once, also for many who use them at once', async () => {
    const core = await startCoreApp();
    const { token } = await askForLink(core);
    const statuses = await Promise.all(Array.from({ length: 50 }, () => reset(core, token)));
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(await reset(core, token)).toBe(400);
  });

  it('end with the next that is asked for', async () => {
    const core = await startCoreApp();
    const [first, second] = [await askForLink(core), await askForLink(core)];
    expect(await reset(core, first.token)).toBe(400);
    expect(await reset(core, second.token)).toBe(204);
  });

  it('are kept as a hash that is no token itself', async () => {
    const core = await startCoreApp();
    const kept = watchTokens(core);
    const { token } = await askForLink(core);
    expect(kept.map(({ tokenHash }) => tokenHash)).toEqual([await hashOneTimeToken(token)]);
    const atRest = kept[0]?.tokenHash ?? new Uint8Array();
    expect(JSON.stringify(kept)).not.toContain(token);
    for (const stolen of [atRest.toHex(), atRest.toBase64({ alphabet: 'base64url', omitPadding: true })])
      expect(await reset(core, stolen)).toBe(400);
  });

  it('lead to the configured host, whatever the request says of hosts', async () => {
    const core = await startCoreApp();
    const said = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'http',
      'x-original-url': 'https://evil.test/',
      forwarded: 'host=evil.test;proto=http',
      origin: 'https://evil.test',
      referer: 'https://evil.test/',
    };
    for (const headers of [said, { host: 'gate.test:81' }, { host: 'gate.test@evil.test' }]) {
      const { url } = await askForLink(core, headers);
      expect(url.href).toMatch(/^https:\/\/gate\.test\/v1\/auth\/password\/reset#token=/);
    }
    expect(core.mails.map(({ text }) => text).join('\n')).not.toMatch(/evil|http:|:81/);
  });

  it('are not used up by programs that open what mails link to', async () => {
    const core = await startCoreApp();
    const { url, token } = await askForLink(core);
    for (const method of ['GET', 'HEAD'])
      for (const path of [url.pathname, `${url.pathname}?token=${token}`])
        expect(
          (await core.app.request(path, { method }, { requestId: 'r', clientAddress: undefined })).status,
        ).toBe(200);
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await core.send(method, url.pathname, { body: { token, password: NEXT } })).status).toBe(405);
    expect(await reset(core, token)).toBe(204);
  });

  it('are good for their own purpose and account alone', async () => {
    const core = await startCoreApp();
    const { token } = await askForLink(core);
    for (const path of [LINK_PATHS.email_verification, LINK_PATHS.email_change])
      expect((await core.send('POST', path, { body: { token } })).status).toBe(400);
    for (const body of [
      { token, password: NEXT, email: 'admin@demo.test' },
      { token, password: NEXT, userId: `usr_${'0'.repeat(32)}` },
      { token: [token], password: NEXT },
    ])
      expect((await core.send('POST', RESET, { body })).status).toBe(400);
    const before = await core.stores.users.findByLogin('admin');
    expect(await reset(core, token)).toBe(204);
    expect(await core.stores.users.findByLogin('admin')).toEqual(before);
  });
});

describe('attack 49: asking for links', () => {
  /** What a request for a link is answered with, and what the core asked its stores until then. */
  async function askAbout(email: string) {
    const core = await startCoreApp();
    const { users, oneTimeTokens } = core.stores;
    users.disable((await users.findByLogin('patient'))?.id ?? '');
    await core.settled();
    const asked: string[] = [];
    for (const store of [users, oneTimeTokens])
      for (const [name, method] of Object.entries(store))
        Object.assign(store, {
          [name]: (...args: unknown[]) => {
            asked.push(name);
            return method(...args);
          },
        });
    const gate = Promise.withResolvers<void>();
    Object.assign(oneTimeTokens, { issue: () => gate.promise });
    const response = await core.send('POST', FORGOT, { body: { email } });
    const untilAnswer = asked.join();
    gate.resolve();
    await core.settled();
    return {
      status: response.status,
      headers: [...response.headers],
      body: await response.text(),
      untilAnswer,
    };
  }

  it('is answered alike, after the same work, for accounts that are there, that are not and that are disabled', async () => {
    const known = await askAbout('doctor@demo.test');
    expect(known).toMatchObject({
      status: 202,
      body: '',
      untilAnswer: expect.stringMatching(/^findByLogin/),
    });
    for (const email of ['nobody@demo.test', 'patient@demo.test', 'DOCTOR@demo.test'])
      expect(await askAbout(email)).toEqual(known);
  });

  it('for a new address is answered alike whether another account has it or not', async () => {
    const core = await startCoreApp();
    const { accessToken: token } = await core.logIn('doctor');
    const answers = [];
    for (const email of ['free@demo.test', 'patient@demo.test']) {
      const body = { email, currentPassword: PASSWORD };
      const response = await core.send('POST', '/v1/auth/email', { token, body });
      answers.push([response.status, [...response.headers], await response.text()]);
      await core.settled();
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(core.mails.some(({ to }) => to === 'patient@demo.test')).toBe(false);
  });
});

describe('attack 45: return addresses', () => {
  it.each([
    '//evil',
    '/\\evil',
    '/%09/evil',
    'https:evil',
    'https://good.evil',
    'https://good@evil',
    'javascript:alert(1)',
  ])('are not taken where links are asked for or followed: %s', async (address) => {
    const core = await startCoreApp();
    for (const name of ['return_to', 'redirect_uri', 'next', 'url', 'continue']) {
      const body = { email: 'doctor@demo.test', [name]: address };
      expect((await core.send('POST', FORGOT, { body })).status).toBe(400);
      for (const path of Object.values(LINK_PATHS)) {
        const page = await core.send('GET', `${path}?${new URLSearchParams({ [name]: address })}`);
        expect(page.headers.get('location')).toBeNull();
        expect(await page.text()).toBe(await (await core.send('GET', path)).text());
      }
    }
    expect(core.mails).toEqual([]);
  });
});

describe('attack 58: secrets of links', () => {
  it('are in no log line, no event and no answer, whatever becomes of them', async () => {
    const core = await startCoreApp();
    const { send, settled, mails, logged, recorded } = core;
    const answers: string[] = [];
    const post = async (path: string, body: unknown, token?: string) => {
      const response = await send('POST', path, { body, ...(token !== undefined && { token }) });
      answers.push(JSON.stringify([...response.headers]), await response.text());
      await settled();
    };
    const { accessToken } = await core.logIn('doctor');
    await post('/v1/auth/register', { email: 'jo@mail.test', username: 'jo', password: NEXT });
    await post('/v1/auth/email/verification', {}, accessToken);
    await post('/v1/auth/email', { email: 'new@mail.test', currentPassword: PASSWORD }, accessToken);
    await post(FORGOT, { email: 'doctor@demo.test' });
    const links = mails.filter(({ text }) => text.includes('#token=')).map((mail) => linkIn(mail));
    expect(links).toHaveLength(4);
    for (const { url, token } of [...links, ...links])
      await post(url.pathname, url.pathname === RESET ? { token, password: NEXT } : { token });
    const written = [...logged, ...recorded.map((event) => JSON.stringify(event)), ...answers].join('\n');
    expect(recorded.filter(({ type }) => /password_reset|email/.test(type)).length).toBeGreaterThan(8);
    for (const { token } of links) expect(written).not.toContain(token);
    expect(logged.join('\n')).not.toMatch(/@(?:mail|demo)\.test|kettles|#token/);
  });
});
