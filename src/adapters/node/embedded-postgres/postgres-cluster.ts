import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callAs, giveTo, type ServerAccount } from './postgres-account.ts';
import { EmbeddedPostgresError, type PostgresBinaries } from './postgres-binaries.ts';

// Owns everything in an embedded Postgres.
const EMBEDDED_USER = 'wardgate';

/** The address of an embedded Postgres; it holds the password. */
export function embeddedUrl(password: string, port: number): string {
  return `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${port}/postgres`;
}

/** What it takes to make the files of an embedded Postgres. */
export interface ClusterOptions {
  readonly directory: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly durable: boolean;
}

/**
 * Gives the server's own data directory and its password, and makes both when there are none. They appear by one rename of
 * a finished directory, so that neither an interrupted start nor two starts at once leave half a server behind.
 * The password is random, in a file of mode 0600. Throws EmbeddedPostgresError when the directory holds something else.
 */
export async function openCluster(options: ClusterOptions): Promise<{ data: string; password: string }> {
  const { directory } = options;
  const entries = await readdir(directory).catch((): string[] => []);
  if (entries.length === 0) await makeCluster(options);
  else if (!entries.includes('data') || !entries.includes('password'))
    throw new EmbeddedPostgresError(`${directory} holds something else than an embedded Postgres`);
  const password = (await readFile(join(directory, 'password'), 'utf8')).trim();
  return { data: join(directory, 'data'), password };
}

async function makeCluster(options: ClusterOptions): Promise<void> {
  const { directory, account } = options;
  const draft = `${directory}.new-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    const passwordFile = join(draft, 'password');
    await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await giveTo(account, passwordFile);
    await giveTo(account, draft);
    await runInitdb(options, join(draft, 'data'), passwordFile);
    await rename(draft, directory).catch((error: NodeJS.ErrnoException) => {
      // Another process that started at once was first: its directory stands.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    // What goes wrong here must not hide what went wrong above.
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
  }
}

function runInitdb(options: ClusterOptions, data: string, passwordFile: string): Promise<void> {
  const args = ['--pgdata', data, '--username', EMBEDDED_USER, '--pwfile', passwordFile];
  args.push('--auth=scram-sha-256', '--locale=C', '--encoding=UTF8', '--no-instructions');
  if (!options.durable) args.push('--no-sync');
  const call = callAs(options.account, options.binaries.initdb, args);
  return new Promise((resolve, reject) => {
    const child = spawn(call.file, call.args, { ...call.options, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4096);
    });
    child.on('error', (error) => reject(new EmbeddedPostgresError(`initdb: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresError(`initdb could not make ${data}: ${output.trim()}`));
    });
  });
}
