import { openEmbeddedPostgres } from '../../adapters/node/embedded-postgres/join-embedded-postgres.ts';
import { createPinoLog } from '../../adapters/node/pino-log.ts';
import { connectDatabase, type Database } from '../../adapters/postgres/database.ts';
import { hasCurrentSchema } from '../../adapters/postgres/migrate.ts';
import { type ConfigProblem, formatConfigProblem } from '../../config/config-problem.ts';
import { parseDatabaseUrl, parseSecrets } from '../../config/environment.ts';
import type { AuditTrail } from '../../core/audit/audit-trail.ts';
import type { Administrator } from '../../core/users/administer-users.ts';
import { type Log, silentLog } from '../../lib/log.ts';
import type { Result } from '../../lib/result.ts';
import { stackFrames } from '../../lib/stack-frames.ts';
import { DEVELOPMENT_DIRECTORY, readDevelopmentSecret } from '../development-secret.ts';
import { explainFailure } from '../explain-failure.ts';
import { createPostgresStores, type Stores } from '../postgres-stores.ts';
import { startAuditTrail } from '../start-audit-trail.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './command-line.ts';

/** What a command that needs the database works with. */
export interface CommandDatabase {
  readonly database: Database;
  readonly stores: Stores;
  /** What is recorded here is stored before the command ends. */
  readonly audit: Omit<AuditTrail, 'stop'>;
  /** Who does what a command does. */
  readonly by: Administrator;
  /** Warnings and errors, on standard error. */
  readonly log: Log;
  /** `WARDGATE_SECRET`, or in development the one of `.wardgate`; only commands that unseal something ask for it. */
  readSecrets(): Promise<readonly string[]>;
}

/**
 * Runs a command's work on the database that the environment names; without `DATABASE_URL`, and never in production, on the embedded one: the server
 * that runs already, or one that is started for as long as the command takes. The schema must be current. Answers with the work's exit
 * code; when it fails with 1, after one line on standard error. Closes everything, the audit trail first.
 */
export function withDatabase(
  context: CommandContext,
  work: (opened: CommandDatabase) => Promise<number>,
): Promise<number> {
  return withDatabaseUrl(context, async (url) => {
    const log = createPinoLog({ level: 'warn', fileDescriptor: 2 });
    const database = connectDatabase({ url, log });
    try {
      if (!(await hasCurrentSchema(database)))
        throw new CommandError('the database does not have the current schema: run `wardgate migrate` first');
      const audit = startAuditTrail(database, log);
      try {
        return await work({
          database,
          stores: createPostgresStores(database),
          audit,
          by: { actor: { kind: 'command_line' } },
          log,
          readSecrets: () => readSecrets(context),
        });
      } finally {
        await audit.stop();
      }
    } finally {
      await database.close();
    }
  });
}

/** Runs work with the address of the database alone, which need not have any schema; see `withDatabase`. */
export function withDatabaseUrl(
  context: CommandContext,
  work: (url: string) => Promise<number>,
): Promise<number> {
  return reportFailures(context, async () => {
    const url = requireParsed(parseDatabaseUrl(context.env));
    if (url !== undefined) return work(url);
    const dataDirectory = `${DEVELOPMENT_DIRECTORY}/postgres`;
    const embedded = await openEmbeddedPostgres({ dataDirectory, log: silentLog });
    try {
      return await work(embedded.url);
    } finally {
      await embedded.stop();
    }
  });
}

/** Runs a command's work and answers with its exit code; when it fails with 1, after one line on standard error. */
export async function reportFailures(context: CommandContext, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    context.writeError(`${describeFailure(error, context)}\n`);
    return 1;
  }
}

async function readSecrets({ env }: CommandContext): Promise<readonly string[]> {
  return requireParsed(parseSecrets(env)) ?? [await readDevelopmentSecret(DEVELOPMENT_DIRECTORY)];
}

function requireParsed<Value>(parsed: Result<Value, readonly ConfigProblem[]>): Value {
  if (parsed.ok) return parsed.value;
  throw new CommandError(parsed.reason.map((problem) => formatConfigProblem(problem)).join('\n'));
}

/** The message of an error that nobody foresaw may quote anything, so it stays out; where it was thrown is shown on demand. */
function describeFailure(error: unknown, { env }: CommandContext): string {
  const explanation = explainFailure(error);
  if (explanation !== undefined) return explanation;
  const { error: name, at } = stackFrames(error);
  const where = env.LOG_LEVEL === 'debug' ? at : 'LOG_LEVEL=debug shows where';
  return `the command failed on an unexpected ${name} (${where}): please report it`;
}
