import { createHash } from 'node:crypto';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { LINK_PATHS } from '../../../src/core/mail/link-address.ts';
import { startCoreApp } from '../../support/core/core-app.ts';

const TOKEN = 'A'.repeat(43);

async function readPage(path: string) {
  const { send } = await startCoreApp();
  const response = await send('GET', path);
  const page = await response.text();
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  return { response, page, script, style };
}

/** A browser that knows as much as the script of a page uses. */
function openInBrowser(script: string, address: string, answer: { status: number; body?: unknown }) {
  const { pathname, hash } = new URL(address);
  const asked: { path: string; init: RequestInit }[] = [];
  const elements: Record<
    string,
    { value: string; textContent: string; hidden: boolean; disabled: boolean; dataset: object } | null
  > = {};
  const element = () => ({
    value: '',
    textContent: '',
    hidden: false,
    disabled: false,
    dataset: { done: 'Done.' },
  });
  for (const id of ['form', 'button', 'message']) elements[id] = element();
  if (pathname.includes('password')) for (const id of ['password', 'again']) elements[id] = element();
  let submit = async (_event: { preventDefault(): void }) => {};
  Object.assign(elements.form ?? {}, {
    addEventListener: (_type: string, listener: typeof submit) => {
      submit = listener;
    },
  });
  const replaced: string[] = [];
  const fetchAnswer = async (path: string, init: RequestInit) => {
    asked.push({ path, init });
    return { ok: answer.status < 300, json: async () => answer.body };
  };
  const page = createContext({
    document: { getElementById: (id: string) => elements[id] ?? null },
    location: { pathname, hash },
    history: { replaceState: (_state: unknown, _title: string, url: string) => replaced.push(url) },
    fetch: fetchAnswer,
    URLSearchParams,
  });
  runInContext(script, page);
  const press = () => submit({ preventDefault() {} });
  return { elements, asked, replaced, press };
}

describe.each(Object.values(LINK_PATHS))('GET %s', (path) => {
  it('shows a page that holds all it needs, and whose policy forbids everything else', async () => {
    const { response, page, script, style } = await readPage(path);
    expect(response.status).toBe(200);
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src ${hashOf(script)}; connect-src 'self'; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(page).not.toMatch(
      /<(?:link|img|iframe|object|embed|base)\b|\ssrc=|\shref=|\son\w+=|\saction=|@import|url\(/i,
    );
  });

  it('answers 500 without a word of why where its policy cannot be made', async () => {
    const { send, logged } = await startCoreApp();
    vi.spyOn(crypto.subtle, 'digest').mockRejectedValueOnce(new Error('hunter2'));
    expect((await send('GET', path)).status).toBe(500);
    expect(logged.join('\n')).not.toContain('hunter2');
    expect((await send('GET', path)).status).toBe(200);
  });

  it('is the same whatever the request holds', async () => {
    const { send } = await startCoreApp();
    const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', cookie: 'a=b' };
    const strange = await send('GET', `${path}?token=${TOKEN}&url=https://evil.test`, { headers });
    expect(await strange.text()).toBe((await readPage(path)).page);
  });

  it('sends the token of the fragment only when somebody asks for it, and takes it out of the address', async () => {
    const { script } = await readPage(path);
    const { asked, replaced, press, elements } = openInBrowser(
      script,
      `https://gate.test${path}#token=${TOKEN}`,
      { status: 204 },
    );
    expect(replaced).toEqual([path]);
    expect(asked).toEqual([]);
    if (elements.password && elements.again) {
      elements.password.value = 'seven green kettles sing';
      elements.again.value = 'seven green kettles';
      await press();
      expect(asked).toEqual([]);
      expect(elements.message?.textContent).toBe('The two are not the same.');
      elements.again.value = elements.password.value;
    }
    await press();
    expect(asked.map((one) => [one.path, one.init.method, one.init.credentials])).toEqual([
      [path, 'POST', 'omit'],
    ]);
    const body = JSON.parse(String(asked[0]?.init.body));
    expect(body).toEqual({
      token: TOKEN,
      ...(elements.password && { password: 'seven green kettles sing' }),
    });
    expect([elements.form?.hidden, elements.message?.textContent]).toEqual([true, 'Done.']);
  });

  it.each([
    ['says what is wrong with a link', 400, { code: 'link_invalid' }, /not good any more/, true],
    [
      'says why a password will not do',
      422,
      { code: 'password_unacceptable', reasons: ['too_common'] },
      /too common/,
      false,
    ],
    ['can be tried again after a failure', 503, { code: 'temporarily_unavailable' }, /Try again/, false],
  ])('%s', async (_what, status, body, text, isOver) => {
    const { script } = await readPage(path);
    const { press, elements } = openInBrowser(script, `https://gate.test${path}#token=${TOKEN}`, {
      status,
      body,
    });
    await press();
    expect(elements.message?.textContent).toMatch(text);
    expect(elements.button?.disabled).toBe(isOver);
    expect(elements.form?.hidden).toBe(false);
  });

  it('says of a link without a token that it is no good', async () => {
    const { script } = await readPage(path);
    const { elements, asked } = openInBrowser(script, `https://gate.test${path}?token=${TOKEN}`, {
      status: 204,
    });
    expect(elements.message?.textContent).toMatch(/not good any more/);
    expect([elements.button?.disabled, asked]).toEqual([true, []]);
  });
});
