import { DEMO_PASSWORD } from '../../../src/entry/demo/demo-users.ts';
import { callWardgate } from '../wardgate/wardgate-command.ts';
import { basic } from './client-requests.ts';

/** An OAuth client as its registration told it; the secret of one with keys is empty. */
export interface RegisteredClient {
  readonly id: string;
  readonly secret: string;
}

/** Registers a client on the command line, with these options. Throws with what the command said where it does not. */
export async function registerClient(
  databaseUrl: string,
  ...options: readonly string[]
): Promise<RegisteredClient> {
  const { out, error } = await callWardgate(['clients', 'create', ...options], { DATABASE_URL: databaseUrl });
  const [, id, secret = ''] = /^client_id=(\S+)(?:\nclient_secret=(\S+))?/.exec(out) ?? [];
  if (id === undefined) throw new Error(error);
  return { id, secret };
}

/** Logs a user of the demo's in at an origin, perhaps through a client. Throws where the answer is not 201. */
export async function logInAt(
  origin: string,
  login: string,
  through?: RegisteredClient,
): Promise<{ readonly accessToken: string; readonly refreshToken: string }> {
  const answer = await fetch(`${origin}/v1/auth/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(through && basic(through.id, through.secret)) },
    body: JSON.stringify({ login, password: DEMO_PASSWORD }),
  });
  if (answer.status !== 201) throw new Error(`a log-in was answered ${answer.status}`);
  return answer.json();
}
