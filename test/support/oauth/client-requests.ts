import { SignJWT } from 'jose';
import type { Client, ClientKey, NewClient } from '../../../src/core/clients/client-store.ts';
import { hashMachineSecret } from '../../../src/core/machines/hash-machine-secret.ts';
import { createClientSecret } from '../../../src/identity/client-secret.ts';
import type { CoreUnderTest } from '../core/core-app.ts';
import { type TestKey, TOKEN_TIME, testKey } from '../tokens/tokens.ts';

/** The media type of a form. */
export const FORM = 'application/x-www-form-urlencoded';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRANTED = { name: 'nightly export', roles: ['exporter'], scopes: ['alerts:read', 'patients:read'] };

/** The grant of token exchange. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** What its tokens may be called: `${TOKEN_TYPE}access_token`. */
export const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';

/** Writes `Basic` with id and secret as they are. */
export function basic(id: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
}

/** Stores a client with a secret, and tells the secret. */
export async function addSecretClient(
  { stores }: Pick<CoreUnderTest, 'stores'>,
  differences: Partial<Pick<NewClient, 'roles' | 'scopes' | 'audience' | 'audiences'>> & {
    readonly authenticationMethod?: 'client_secret_basic' | 'client_secret_post';
  } = {},
): Promise<{ readonly client: Client; readonly id: string; readonly secret: string }> {
  const secret = createClientSecret();
  const client = await stores.clients.create({
    ...GRANTED,
    authenticationMethod: 'client_secret_basic',
    secretHash: await hashMachineSecret(secret),
    ...differences,
  });
  return { client, id: client.id, secret };
}

/** Stores a client with keys. */
export async function addKeyClient(
  { stores }: Pick<CoreUnderTest, 'stores'>,
  keys: readonly TestKey[],
): Promise<Client> {
  return stores.clients.create({
    ...GRANTED,
    authenticationMethod: 'private_key_jwt',
    keys: keys.map(({ publicJwk }) => publicJwk as ClientKey),
  });
}

/** Sends a form to an endpoint; a text is sent as it is. */
export function sendForm(
  { send }: Pick<CoreUnderTest, 'send'>,
  form: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
  path = '/oauth/token',
): Promise<Response> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return send('POST', path, { body, headers: { 'content-type': FORM, ...headers } });
}

/** Signs an assertion of a client: `signAssertion(id, { aud: 'other' })` differs in `aud` alone; what is `undefined` is left out. */
export async function signAssertion(
  clientId: string,
  claims: Readonly<Record<string, unknown>> = {},
  { key, header }: { readonly key?: TestKey; readonly header?: Readonly<Record<string, unknown>> } = {},
): Promise<string> {
  const { algorithm, kid, privateKey } = key ?? (await testKey('ES256'));
  const payload = {
    iss: clientId,
    sub: clientId,
    aud: 'https://gate.test',
    iat: TOKEN_TIME,
    exp: TOKEN_TIME + 60,
    jti: crypto.randomUUID(),
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader(JSON.parse(JSON.stringify({ alg: algorithm, kid, ...header })))
    .sign(privateKey);
}

/** The form of a token request with an assertion. */
export function assertionForm(assertion: string): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
  };
}
