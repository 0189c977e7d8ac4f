import { DEMO_PASSWORD } from '../../src/entry/demo/demo-users.ts';
import { basic } from './client-requests.ts';
import { createTestDatabase } from './database.ts';
import { startPathProxy } from './path-proxy.ts';
import { callWardgate } from './wardgate-command.ts';
import { startWardgateProcess } from './wardgate-process.ts';

/** A client as its registration told it. */
export interface RegisteredClient {
  readonly id: string;
  readonly secret: string;
}

/** A Wardgate in a process of its own with the demo's users, behind a reverse proxy. */
export interface OAuthScene {
  readonly issuer: string;
  /** Registers a client on the command line, with those options besides its name. */
  register(options?: string): Promise<RegisteredClient>;
  /** Logs a user of the demo's in through a client: the doctor unless said. */
  logIn(
    client: RegisteredClient,
    login?: string,
  ): Promise<{ readonly accessToken: string; readonly refreshToken: string }>;
  stop(): Promise<void>;
}

/** Starts one whose issuer has that path, or none. */
export async function startOAuthScene(
  path: '' | `/${string}`,
  env: Readonly<Record<string, string>> = {},
): Promise<OAuthScene> {
  const stack = new AsyncDisposableStack();
  try {
    const proxy = stack.adopt(await startPathProxy(path), (started) => started.close());
    const database = stack.adopt(await createTestDatabase(), (created) => created.drop());
    const wardgate = async (...args: string[]) => {
      const { code, out, error } = await callWardgate(args, { DATABASE_URL: database.url });
      if (code !== 0) throw new Error(`${args[0]} failed: ${error}`);
      return out;
    };
    await wardgate('seed');
    const running = await startWardgateProcess({
      DATABASE_URL: database.url,
      WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
      WARDGATE_PUBLIC_URL: proxy.publicUrl,
      ...env,
    });
    stack.defer(() => running.stop());
    proxy.leadTo(running.port);
    return {
      issuer: proxy.publicUrl,
      async register(options = '--scope alerts:read,patients:read') {
        const out = await wardgate(...`clients create --name pages ${options}`.split(' '));
        const [, id = '', secret = ''] = /^client_id=(\S+)(?:\nclient_secret=(\S+))?/.exec(out) ?? [];
        return { id, secret };
      },
      async logIn({ id, secret }, login = 'doctor') {
        const answer = await fetch(`${proxy.publicUrl}/v1/auth/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...basic(id, secret) },
          body: JSON.stringify({ login, password: DEMO_PASSWORD }),
        });
        if (answer.status !== 201) throw new Error(`a log-in was answered ${answer.status}`);
        return answer.json();
      },
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
