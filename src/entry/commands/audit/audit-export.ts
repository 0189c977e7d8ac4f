import { type FileHandle, open, rm } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { writeAuditLine } from '../../../core/audit/audit-line.ts';
import type { AuditRow } from '../../../core/audit/audit-row.ts';
import { walkAuditChain } from '../../../core/audit/verify-audit-chain.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { withDatabase } from '../with-database.ts';

// Some 100 KB at a time: few writes, and flat memory.
const LINES_AT_ONCE = 200;

/** `wardgate audit export`: writes all events as lines of JSON with their hashes, so that `audit verify --file` can verify them alone. */
export const auditExportCommand = defineCommand({
  meta: {
    name: 'export',
    description:
      'Write all events as lines of JSON, oldest first, with the hashes that `audit verify --file` verifies',
  },
  args: {
    file: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Write to this file, which must not be there yet, instead of standard output',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    return withDatabase(context, async ({ stores, audit, by }) => {
      const { auditStore } = stores;
      const head = await auditStore.readHead();
      // Before the first line is out: whoever breaks the export off has read too.
      audit.record({
        type: 'audit.read',
        outcome: 'success',
        ...by,
        details: { form: 'export', rows: head.sequence },
      });
      const rows = until(head.sequence, walkAuditChain(auditStore));
      if (args.file === undefined) await writeLines(rows, async (text) => context.writeOut(text));
      else await writeFile(args.file, rows);
      context.writeError(`Exported ${head.sequence} events, head ${head.hash.toHex()}\n`);
      return 0;
    });
  },
});

async function* until(sequence: number, rows: AsyncIterable<AuditRow>): AsyncGenerator<AuditRow> {
  for await (const row of rows) {
    if (row.sequence > sequence) return;
    yield row;
  }
}

async function writeFile(path: string, rows: AsyncIterable<AuditRow>): Promise<void> {
  const file = await create(path);
  try {
    await writeLines(rows, async (text) => {
      await file.appendFile(text);
    });
    await file.sync();
    await file.close();
  } catch (error) {
    // Half an export would verify as a whole log that is shorter.
    await file.close();
    await rm(path, { force: true });
    if (error instanceof Error && 'syscall' in error) throw new CommandError(`${path} cannot be written`);
    throw error;
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandError(isThere ? `${path} is there already` : `${path} cannot be written`);
  }
}

async function writeLines(
  rows: AsyncIterable<AuditRow>,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let lines: string[] = [];
  for await (const row of rows) {
    lines.push(`${writeAuditLine(row)}\n`);
    if (lines.length < LINES_AT_ONCE) continue;
    await write(lines.join(''));
    lines = [];
  }
  await write(lines.join(''));
}
