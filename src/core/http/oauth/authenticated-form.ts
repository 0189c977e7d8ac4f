import type { Context } from 'hono';
import { ok, type Result, refused } from '../../../lib/result.ts';
import { type ClientCredential, readClientCredential } from '../../../oauth/client-credential.ts';
import { type FormParameters, parseFormBody } from '../../../oauth/form-body.ts';
import type { AuthenticateClient } from '../../clients/authenticate-client.ts';
import type { Client } from '../../clients/client-store.ts';
import type { CoreEnv } from '../core-env.ts';
import type { OAuthErrorCode } from './oauth-error-response.ts';

const FORM_TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i;
// A byte order mark is no part of a form: where it is dropped, a body has two spellings.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A form and the client that sent it. */
export interface AuthenticatedForm {
  readonly client: Client;
  readonly form: FormParameters;
}

/** A request to an OAuth endpoint, read. */
export interface OAuthRequest {
  readonly hasQuery: boolean;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly body: string;
}

/** Reads a request to an OAuth endpoint. Does NOT judge it. */
export async function readOAuthRequest(c: Context<CoreEnv>): Promise<OAuthRequest> {
  return {
    hasQuery: c.req.url.includes('?'),
    contentType: c.req.header('content-type'),
    authorization: c.req.header('authorization'),
    accept: c.req.header('accept'),
    body: utf8.decode(await c.req.arrayBuffer()),
  };
}

/**
 * Reads the form of a request to an OAuth endpoint. A query is refused: what stands in a URL ends in logs. Does NOT authenticate anybody.
 * @see RFC 6749, section 3.2; RFC 7662, section 4
 */
export function readOAuthForm(request: OAuthRequest): Result<FormParameters, 'invalid_request'> {
  const { hasQuery, contentType = '', body } = request;
  if (hasQuery) return refused('invalid_request');
  // An empty body needs no type: what is missing then is the credential.
  if (body !== '' && !FORM_TYPE.test(contentType)) return refused('invalid_request');
  const form = parseFormBody(body);
  return form.ok ? form : refused('invalid_request');
}

/** Reads the one credential of a client. Does NOT verify it. @see RFC 6749, sections 2.3 and 5.2 */
export function readCredential(
  authorization: string | undefined,
  form: FormParameters,
): Result<ClientCredential, OAuthErrorCode> {
  const credential = readClientCredential(authorization, form);
  if (credential.ok) return credential;
  return refused(credential.reason === 'ambiguous' ? 'invalid_request' : 'invalid_client');
}

/**
 * Reads the form of a request to an OAuth endpoint and authenticates the client that sent it. Throws UnavailableError. @see RFC 6749, section 2.3
 */
export async function readAuthenticatedForm(
  c: Context<CoreEnv>,
  authenticateClient: AuthenticateClient,
): Promise<Result<AuthenticatedForm, OAuthErrorCode>> {
  const sent = await readOAuthRequest(c);
  const form = readOAuthForm(sent);
  if (!form.ok) return form;
  const credential = readCredential(sent.authorization, form.value);
  if (!credential.ok) return credential;
  const { requestId, clientAddress } = c.env;
  const client = await authenticateClient(credential.value, { requestId, clientAddress });
  return client.ok ? ok({ client: client.value, form: form.value }) : refused('invalid_client');
}
