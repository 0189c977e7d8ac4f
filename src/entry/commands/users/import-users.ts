import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { defineCommand } from 'citty';
import { createImportUsers } from '../../../core/users/import-users.ts';
import {
  IMPORT_FORMATS,
  type ImportFormat,
  type ImportRow,
  readImportRows,
} from '../../user-import/import-rows.ts';
import { type ImportCounts, runImport } from '../../user-import/run-import.ts';
import { createSeenValues } from '../../user-import/seen-values.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';

const EXTENSIONS: Readonly<Record<string, ImportFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};
const PROGRESS_EVERY_MS = 2_000;

/**
 * `wardgate users import FILE`: takes users over from another system. Ends with 1 when a line was bad; the good ones are imported all the same, and a second
 * run skips them.
 */
export const importUsersCommand = defineCommand({
  meta: { name: 'import', description: 'Import users with the password hashes of another system' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'A CSV file with a header, or JSON lines; - is standard input',
    },
    format: {
      type: 'enum',
      options: [...IMPORT_FORMATS],
      description: 'Otherwise by the extension of the file',
    },
    'dry-run': { type: 'boolean', description: 'Only tell what would be imported' },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    const { file, 'dry-run': dryRun = false } = args;
    return withDatabase(context, async ({ stores, audit, by }) => {
      const format = args.format ?? EXTENSIONS[extname(file).toLowerCase()];
      if (format === undefined)
        throw new CommandError(
          `expected a file that ends with .csv, .jsonl or .ndjson, or --format with one of ${IMPORT_FORMATS.join(', ')}`,
        );
      const showProgress = createProgress(context);
      const counts = await runImport({
        rows: readFile(file, format),
        importUsers: createImportUsers({ users: stores.users, audit }),
        by,
        dryRun,
        seen: createSeenValues(),
        report: (line, text) => context.writeError(`${file}:${line}: ${text}\n`),
        async onBatch(soFar) {
          showProgress(soFar);
          await audit.settled();
        },
      });
      context.writeOut(`${dryRun ? 'Nothing was changed: ' : ''}${describeCounts(counts)}\n`);
      return counts.bad === 0 ? 0 : 1;
    });
  },
});

async function* readFile(file: string, format: ImportFormat): AsyncGenerator<ImportRow> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  try {
    yield* readImportRows(stream, format);
  } catch (error) {
    const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
    throw code === undefined ? error : new CommandError(`${file} cannot be read (${code})`);
  }
}

function createProgress({ writeError }: CommandContext): (counts: ImportCounts) => void {
  let shownAt = Date.now();
  return (counts) => {
    if (Date.now() - shownAt < PROGRESS_EVERY_MS) return;
    shownAt = Date.now();
    writeError(`… ${describeCounts(counts)}\n`);
  };
}

function describeCounts({ imported, skipped, bad }: ImportCounts): string {
  return `${imported} imported, ${skipped} skipped, ${bad} bad`;
}
