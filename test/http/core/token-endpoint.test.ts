import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createClientSecret } from '../../../src/identity/client-secret.ts';
import { createId } from '../../../src/identity/ids.ts';
import { UnavailableError } from '../../../src/lib/unavailable-error.ts';
import { startCoreApp } from '../../support/core/core-app.ts';
import { addSecretClient, basic, sendForm } from '../../support/oauth/client-requests.ts';

const GRANT = { grant_type: 'client_credentials' };

async function start(differences: Parameters<typeof addSecretClient>[1] = {}) {
  const under = await startCoreApp();
  const { id, secret } = await addSecretClient(under, differences);
  const ask = (
    form: Readonly<Record<string, string>> | string,
    headers: Record<string, string> = basic(id, secret),
  ) => sendForm(under, form, headers);
  return { ...under, id, secret, ask };
}

/** Status and error of an answer. */
async function refusal(response: Response): Promise<string> {
  const { error } = await response.json();
  return `${response.status} ${error}`;
}

describe('POST /oauth/token', () => {
  it('gives a client a token for itself, with no claim of a person', async () => {
    const { id, ask, stores, recorded } = await start();
    const response = await ask(GRANT);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
    const { access_token, ...rest } = await response.json();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 900, scope: 'alerts:read patients:read' });
    expect(decodeJwt(access_token)).toEqual({
      iss: 'https://gate.test',
      aud: 'clinic',
      sub: id,
      client_id: id,
      iat: 1_768_478_400,
      exp: 1_768_479_300,
      jti: expect.stringMatching(/^jti_/),
      scope: 'alerts:read patients:read',
      roles: ['exporter'],
    });
    expect((await stores.clients.findById(id))?.lastUsedAt).toEqual(new Date(1_768_478_400_000));
    expect(recorded.at(-1)).toEqual({
      type: 'client.token_issued',
      outcome: 'success',
      actor: { kind: 'client', id },
      target: { kind: 'client', id },
      request: { requestId: 'req-1', clientAddress: '192.0.2.7' },
      details: { scopes: ['alerts:read', 'patients:read'] },
    });
  });

  it('narrows the scope to what is asked for, and never widens it', async () => {
    const { ask, recorded } = await start();
    const narrow = await (await ask({ ...GRANT, scope: 'patients:read patients:read' })).json();
    expect(narrow.scope).toBe('patients:read');
    expect(decodeJwt(narrow.access_token).scope).toBe('patients:read');
    for (const scope of ['patients:write', 'patients:read patients:write', 'a"b', ' ', 'a  b', 'a\tb'])
      expect(await refusal(await ask({ ...GRANT, scope })), scope).toBe('400 invalid_scope');
    expect(recorded.filter(({ outcome }) => outcome === 'refused')[0]).toMatchObject({
      type: 'client.token_issued',
      reason: 'scope_not_allowed',
    });
  });

  it('names no scope for a client that may have none', async () => {
    const { ask } = await start({ scopes: [] });
    expect(await (await ask(GRANT)).json()).not.toHaveProperty('scope');
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'takes a secret at either place from a client that is registered with %s',
    async (authenticationMethod) => {
      const { id, secret, ask } = await start({ authenticationMethod });
      const inForm = { ...GRANT, client_id: id, client_secret: secret };
      expect((await ask(inForm, {})).status).toBe(200);
      expect((await ask(GRANT)).status).toBe(200);
      expect(await refusal(await ask({ ...inForm, client_secret: `${secret}x` }, {}))).toBe(
        '401 invalid_client',
      );
    },
  );

  it('undoes the form-urlencoding inside of Basic', async () => {
    const { id, secret, ask } = await start();
    expect((await ask(GRANT, basic(id.replace('_', '%5F'), secret.replace('_', '%5f')))).status).toBe(200);
    expect((await ask(GRANT, basic(id, `${secret}%`))).status).toBe(401);
  });

  it('answers every wrong credential alike, with a challenge of Basic, and records why', async () => {
    const { id, secret, ask, stores, recorded } = await start();
    const bodies = new Set<string>();
    const refuse = async (headers: Record<string, string>) => {
      const response = await ask(GRANT, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="wardgate", charset="UTF-8"');
      bodies.add(await response.text());
      return recorded.at(-1)?.reason;
    };
    expect(await refuse(basic(createId('client'), secret))).toBe('client_unknown');
    expect(recorded.at(-1)).not.toHaveProperty('target');
    expect(await refuse(basic(createId('user'), secret))).toBe('client_unknown');
    expect(await refuse(basic('cli_\0', secret))).toBe('client_unknown');
    expect(await refuse(basic(id, createClientSecret()))).toBe('secret_wrong');
    expect(recorded.at(-1)).toMatchObject({ actor: { kind: 'anonymous' }, target: { kind: 'client', id } });
    expect(await refuse(basic(id, ''))).toBe('secret_wrong');
    await stores.clients.change(id, { disabled: true });
    expect(await refuse(basic(id, secret))).toBe('client_disabled');
    const before = recorded.length;
    for (const authorization of ['Basic', 'Basic !', `Bearer ${secret}`, 'Basic Y2xp', ''])
      await refuse({ authorization });
    expect(recorded).toHaveLength(before);
    expect(bodies.size).toBe(1);
  });

  it('lets a client in again once it is enabled, and never once it is removed', async () => {
    const { id, ask, stores } = await start();
    await stores.clients.change(id, { disabled: true });
    await stores.clients.change(id, { disabled: false });
    expect((await ask(GRANT)).status).toBe(200);
    await stores.clients.remove(id);
    expect((await ask(GRANT)).status).toBe(401);
  });

  it('says that it cannot tell while the store is down, as an OAuth error', async () => {
    const { ask, stores } = await start();
    Object.assign(stores.clients, {
      findCredentials: async () => {
        throw new UnavailableError('database', 'gone');
      },
    });
    const response = await ask(GRANT);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await refusal(response)).toBe('503 temporarily_unavailable');
  });

  it('says that it failed as an OAuth error, and nothing more', async () => {
    const { ask, stores } = await start();
    Object.assign(stores.clients, {
      findCredentials: async () => {
        throw new Error('select * from clients');
      },
    });
    const response = await ask(GRANT);
    expect(await response.clone().text()).not.toContain('select');
    expect(await refusal(response)).toBe('500 server_error');
  });

  it('keeps no secret and no token in logs and audit events', async () => {
    const { id, secret, ask, logged, recorded } = await start();
    const { access_token } = await (await ask(GRANT)).json();
    await ask(GRANT, basic(id, `${secret}x`));
    const written = logged.join() + JSON.stringify(recorded);
    expect(written).not.toContain(secret.slice(4));
    expect(written).not.toContain(access_token.split('.')[2]);
  });
});

describe('the request', () => {
  it.each([
    ['no grant', '', '400 invalid_request'],
    ['an empty grant', 'grant_type=', '400 invalid_request'],
    ['an unknown grant', 'grant_type=password', '400 unsupported_grant_type'],
    ['the name of a member of every object as grant', 'grant_type=constructor', '400 unsupported_grant_type'],
    [
      'a grant that stands twice',
      'grant_type=client_credentials&grant_type=client_credentials',
      '400 invalid_request',
    ],
    [
      'a parameter that stands twice without a value',
      'grant_type=client_credentials&x=&x=',
      '400 invalid_request',
    ],
    ['a bad escape', 'grant_type=client_credentials&x=%zz', '400 invalid_request'],
    ['bad UTF-8', 'grant_type=client_credentials&x=%ff', '400 invalid_request'],
    ['bytes outside ASCII', 'grant_type=client_credentials&x=é', '400 invalid_request'],
  ])('with %s is refused', async (_what, form, expected) => {
    const { ask } = await start();
    expect(await refusal(await ask(form))).toBe(expected);
  });

  it('may have parameters that nobody knows, in any order and encoding', async () => {
    const { ask } = await start();
    expect(
      (await ask('&x=y&grant%5Ftype=client%5fcredentials&&scope=patients%3Aread+alerts:read')).status,
    ).toBe(200);
  });

  it('is a form and nothing else', async () => {
    const { id, secret, ask } = await start();
    for (const type of [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencodedx',
    ])
      expect(
        await refusal(
          await ask('grant_type=client_credentials', { ...basic(id, secret), 'content-type': type }),
        ),
      ).toBe('400 invalid_request');
    const withCharset = {
      ...basic(id, secret),
      'content-type': 'Application/X-WWW-Form-urlencoded; charset=UTF-8',
    };
    expect((await ask(GRANT, withCharset)).status).toBe(200);
  });

  it('is refused with anything in its query', async () => {
    const under = await start();
    const { id, secret } = under;
    for (const query of ['?client_secret=x', '?grant_type=client_credentials', '?x'])
      expect(await refusal(await sendForm(under, GRANT, basic(id, secret), `/oauth/token${query}`))).toBe(
        '400 invalid_request',
      );
  });

  it('carries one credential alone', async () => {
    const { id, secret, ask } = await start({ authenticationMethod: 'client_secret_post' });
    const inForm = { ...GRANT, client_id: id, client_secret: secret };
    const assertion = { client_assertion: 'x', client_assertion_type: 'y' };
    const both: [Record<string, string>, Record<string, string>][] = [
      [inForm, basic(id, secret)],
      [inForm, { authorization: 'Bearer x' }],
      [{ ...GRANT, ...assertion }, basic(id, secret)],
      [{ ...inForm, ...assertion }, {}],
      [{ ...inForm, client_assertion_type: 'y' }, {}],
      [GRANT, { authorization: `${basic(id, secret).authorization}, ${basic(id, secret).authorization}` }],
      [{ ...GRANT, client_id: createId('client') }, basic(id, secret)],
    ];
    for (const [form, headers] of both)
      expect(await refusal(await ask(form, headers))).toBe('400 invalid_request');
  });

  it('may repeat the id of Basic in the form', async () => {
    const { id, ask } = await start();
    expect((await ask({ ...GRANT, client_id: id })).status).toBe(200);
  });

  it('that is too large is refused as an OAuth error', async () => {
    const { ask } = await start();
    expect(await refusal(await ask({ ...GRANT, x: 'x'.repeat(20_000) }))).toBe('413 invalid_request');
  });

  it('by another method is none', async () => {
    const { send } = await start();
    const response = await send('GET', '/oauth/token');
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});
