import type { Credential } from '../../support/replicas/asking.ts';
import { createMint } from '../../support/replicas/minted-sessions.ts';
import { PUBLIC_URL, type ReplicaSet } from '../../support/replicas/replica-set.ts';

/** A credential that passes, and what takes its access away; answers with when a core had said so, in milliseconds of `performance.now()`. */
export interface Revocable {
  readonly credential: Credential;
  end(): Promise<number>;
}

/** A way to ask a core as an administrator, or as a client by Basic. Throws for refusals. */
type Administer = (
  method: string,
  path: string,
  body?: object | URLSearchParams,
  authorization?: string,
) => Promise<Record<string, Record<string, string>> & { readonly endedMs: number }>;

async function administratorAt(set: ReplicaSet, at: number): Promise<Administer> {
  const logIns = await set.logIn(1);
  return async (method, path, body, authorization = `Bearer ${logIns.at(-1)?.accessToken}`) => {
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(`${set.cores[at]?.origin}${path}`, {
      method,
      headers: { authorization, ...(!isForm && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const endedMs = performance.now();
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status} ${text}`);
    return { ...(text !== '' && JSON.parse(text)), endedMs };
  };
}

let serial = 0;

/** A user of its own with a session, and what to do to it. */
function ofUser(end: (administer: Administer, userId: string) => Promise<{ readonly endedMs: number }>) {
  return async (set: ReplicaSet): Promise<Revocable> => {
    const administer = await administratorAt(set, 0);
    serial += 1;
    const username = `user${serial}`;
    const body = { email: `${username}@demo.test`, username, roles: ['doctor'] };
    const { user } = await administer('POST', '/v1/users', body);
    const [session] = await set.mint(username, 1);
    if (session === undefined) throw new Error('no session was made');
    const { token } = session;
    return { credential: { token }, end: async () => (await end(administer, user?.id ?? '')).endedMs };
  };
}

/** A client of its own with a token, and what to do to it. */
function ofClient(
  end: (
    administer: Administer,
    client: { readonly id: string; readonly token: string; readonly authorization: string },
  ) => Promise<{ readonly endedMs: number }>,
) {
  return async (set: ReplicaSet): Promise<Revocable> => {
    const administer = await administratorAt(set, 1);
    const made = await administer('POST', '/v1/clients', { name: 'a program', roles: ['doctor'] });
    const id = made.client?.id ?? '';
    const authorization = `Basic ${btoa(`${id}:${made.secret}`)}`;
    const grant = new URLSearchParams({ grant_type: 'client_credentials' });
    const issued = await administer('POST', '/oauth/token', grant, authorization);
    const token = String(issued.access_token);
    return {
      credential: { token },
      end: async () => (await end(administer, { id, token, authorization })).endedMs,
    };
  };
}

async function ofApiKey(set: ReplicaSet): Promise<Revocable> {
  const administer = await administratorAt(set, 0);
  const made = await administer('POST', '/v1/api-keys', { name: 'a program', roles: ['doctor'] });
  return {
    credential: { apiKey: String(made.key) },
    end: async () => (await administer('DELETE', `/v1/api-keys/${made.apiKey?.id}`)).endedMs,
  };
}

/** The key that has signed nothing but the one token. */
async function ofSigningKey(set: ReplicaSet): Promise<Revocable> {
  const administer = await administratorAt(set, 1);
  const { kid, mint } = await createMint(set.coreEnvironment, PUBLIC_URL, 'next');
  const [session] = await mint('doctor', 1);
  if (session === undefined) throw new Error('no session was made');
  return {
    credential: { token: session.token },
    end: async () => (await administer('DELETE', `/v1/keys/${kid}`)).endedMs,
  };
}

/** Everything whose end gateways hear of. */
export const REVOCABLE: Readonly<Record<string, (set: ReplicaSet) => Promise<Revocable>>> = {
  'a user who is disabled': ofUser((administer, id) =>
    administer('PATCH', `/v1/users/${id}`, { disabled: true }),
  ),
  'a user who is deleted': ofUser((administer, id) => administer('DELETE', `/v1/users/${id}`)),
  'a user who loses a role': ofUser((administer, id) =>
    administer('PATCH', `/v1/users/${id}`, { roles: [] }),
  ),
  'a user whose sessions are ended': ofUser((administer, id) =>
    administer('DELETE', `/v1/users/${id}/sessions`),
  ),
  'a client that is deleted': ofClient((administer, { id }) => administer('DELETE', `/v1/clients/${id}`)),
  'a client whose secret is changed': ofClient((administer, { id }) =>
    administer('POST', `/v1/clients/${id}/secret`),
  ),
  'a token that its client revokes': ofClient((administer, { token, authorization }) =>
    administer('POST', '/oauth/revoke', new URLSearchParams({ token }), authorization),
  ),
  'an API key': ofApiKey,
  'a signing key': ofSigningKey,
};
