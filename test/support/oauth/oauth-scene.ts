import type { Database } from '../../../src/adapters/postgres/database.ts';
import { createTestDatabase } from '../postgres/database.ts';
import { startPathProxy } from '../servers/path-proxy.ts';
import type { TestKey } from '../tokens/tokens.ts';
import { signingKeyOf } from '../wardgate/signing-key.ts';
import { callWardgate } from '../wardgate/wardgate-command.ts';
import { startWardgateProcess } from '../wardgate/wardgate-process.ts';
import { logInAt, type RegisteredClient, registerClient } from './registered-client.ts';

/** A Wardgate in a process of its own with the demo's users, behind a reverse proxy. */
export interface OAuthScene {
  readonly issuer: string;
  /** Its database, for what is done by hand. */
  readonly sql: Database['sql'];
  /** Registers a client on the command line, with those options besides its name. */
  register(options?: string): Promise<RegisteredClient>;
  /** Logs a user of the demo's in through a client: the doctor unless said. */
  logIn(
    client: RegisteredClient,
    login?: string,
  ): Promise<{ readonly accessToken: string; readonly refreshToken: string }>;
  /** The key that it signs with. */
  signingKey(): Promise<TestKey>;
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
    const stored = { DATABASE_URL: database.url, WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000' };
    await callWardgate(['seed'], stored);
    const running = await startWardgateProcess({
      ...stored,
      WARDGATE_PUBLIC_URL: proxy.publicUrl,
      ...env,
    });
    stack.defer(() => running.stop());
    proxy.leadTo(running.port);
    return {
      issuer: proxy.publicUrl,
      sql: database.database.sql,
      register: (options = '--scope alerts:read,patients:read') =>
        registerClient(database.url, '--name', 'pages', ...options.split(' ')),
      logIn: (client, login = 'doctor') => logInAt(proxy.publicUrl, login, client),
      signingKey: () => signingKeyOf(stored),
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
