import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where development data lies, below the working directory: the embedded database and the secret that seals it. */
export const DEVELOPMENT_DIRECTORY = '.wardgate';

const SECRET_BYTES = 32;

/**
 * Reads the secret that a development directory is sealed with, and makes it at the first start, readable for its owner only. Of two processes
 * that start at once the first makes it. Does NOT serve production, where `WARDGATE_SECRET` is required.
 */
export async function readDevelopmentSecret(directory: string): Promise<string> {
  const file = join(directory, 'secret');
  await mkdir(directory, { recursive: true });
  try {
    await writeFile(file, randomBytes(SECRET_BYTES).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
