import { execFileSync, type SpawnOptions } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './postgres-binaries.ts';

/** Who runs the programs of Postgres: ourselves (`undefined` ids), or another account because we are root. */
export interface ServerAccount {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** The capability that the account needs to pass directories closed to it, as setpriv names it. */
  readonly capability: string | undefined;
}

/** A program call as `spawn` takes it. */
export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/**
 * Chooses who runs Postgres on that data directory. Postgres refuses to run as root; so for root it is the owner of the
 * existing data directory, or `nobody`. Does NOT create a system user.
 * Where a directory on the way to one of the paths is closed to others (a checkout below /root), the account keeps one
 * capability to pass it: nothing is copied, and no mode is changed.
 */
export async function chooseServerAccount(
  dataDirectory: string,
  paths: readonly string[],
): Promise<ServerAccount> {
  const owner = await stat(dataDirectory).catch(() => undefined);
  const ownUid = process.getuid?.();
  if (ownUid !== 0) {
    if (owner !== undefined && owner.uid !== ownUid)
      throw new EmbeddedPostgresError(
        `the data directory ${dataDirectory} belongs to another user (uid ${owner.uid}): start as that user or as root, or remove the directory`,
      );
    return { uid: undefined, gid: undefined, capability: undefined };
  }
  const ids = owner === undefined || owner.uid === 0 ? nobody() : owner;
  const ways = await Promise.all([...paths, dirname(dataDirectory)].map(isWayOpen));
  const entries = await Promise.all(paths.map(isOpenToOthers));
  const capability = ways.every(Boolean) ? undefined : await findCapability(entries.every(Boolean));
  return { uid: ids.uid, gid: ids.gid, capability };
}

/** Makes the call that runs a program as that account, in the root directory, with nothing of our environment but PATH. */
export function callAs(account: ServerAccount, file: string, args: readonly string[]): ProgramCall {
  const options: SpawnOptions = {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  };
  const { uid, gid, capability } = account;
  if (uid === undefined || gid === undefined) return { file, args, options };
  if (capability === undefined) return { file, args, options: { ...options, uid, gid } };
  const caps = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--no-new-privs'];
  // initdb asks access(2) about its programs, which answers without capabilities unless this bit is set.
  caps.push('--securebits=+no_setuid_fixup');
  const asAccount = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...caps, '--'];
  return { file: 'setpriv', args: [...asAccount, file, ...args], options };
}

/** Gives a file or directory to the account. */
export async function giveTo(account: ServerAccount, path: string): Promise<void> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid);
}

function nobody(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function isOpenToOthers(path: string): Promise<boolean> {
  const entry = await stat(path).catch(() => undefined);
  return entry === undefined || (entry.mode & 0o005) === 0o005;
}

async function isWayOpen(path: string): Promise<boolean> {
  const parent = dirname(path);
  return (await isOpenToOthers(path)) && (parent === path || (await isWayOpen(parent)));
}

/** Finds the least capability that we can hand down: passing and reading, or, to run programs that are closed themselves, overriding. */
async function findCapability(areProgramsOpen: boolean): Promise<string | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const candidates = [{ name: 'dac_override', bit: 1n }];
  // Containers often withhold this one and grant the stronger.
  if (areProgramsOpen) candidates.unshift({ name: 'dac_read_search', bit: 2n });
  return candidates.find(({ bit }) => (permitted & (1n << bit)) !== 0n)?.name;
}
