import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { defineCommand } from 'citty';
import { readAuditLine } from '../../../core/audit/audit-line.ts';
import type { AuditRow } from '../../../core/audit/audit-row.ts';
import {
  type AuditChainBreak,
  type AuditChainFinding,
  verifyAuditChain,
  walkAuditChain,
} from '../../../core/audit/verify-audit-chain.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../command-line.ts';
import { reportFailures, withDatabase } from '../with-database.ts';

const HASH = /^[0-9a-f]{64}$/;

/** `wardgate audit verify`: walks the chain, of the database or of an exported file, and ends with 1 at the first event that breaks it. */
export const auditVerifyCommand = defineCommand({
  meta: {
    name: 'verify',
    description:
      'Verify that no event of the audit log was changed, removed or put in; only with --head also that none of the newest was cut off',
  },
  args: {
    head: {
      type: 'string',
      valueHint: 'HASH',
      description:
        'A hash that `audit head` or `audit verify` printed and that was kept elsewhere: it must be in the log',
    },
    file: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Verify a file that `audit export` wrote instead of the database',
    },
  },
  run({ args, data }): Promise<number> {
    const context: CommandContext = data;
    const { file, head } = args;
    return reportFailures(context, async () => {
      if (head !== undefined && !HASH.test(head))
        throw new CommandError('--head: expected a hash of 64 hexadecimal digits, as `audit head` prints it');
      if (file !== undefined) return report(context, await verifyAuditChain(readLines(file), head));
      return withDatabase(context, async ({ stores }) =>
        report(context, await verifyAuditChain(walkAuditChain(stores.auditStore), head)),
      );
    });
  },
});

async function* readLines(file: string): AsyncGenerator<AuditRow> {
  let number = 0;
  try {
    for await (const line of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      number += 1;
      const row = readAuditLine(line);
      if (row === undefined)
        throw new CommandError(`line ${number} of ${file} is no event as \`audit export\` writes it`);
      yield row;
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandError(`${file} cannot be read`);
    throw error;
  }
}

function report(context: CommandContext, finding: AuditChainFinding): number {
  switch (finding.kind) {
    case 'whole':
      context.writeOut(`OK: ${finding.head.sequence} events, head ${finding.head.hash.toHex()}\n`);
      return 0;
    case 'broken':
      context.writeError(
        `The audit log is broken at event ${finding.sequence}: ${sayBreak(finding.because)}\n`,
      );
      return 1;
    case 'head_missing':
      context.writeError(
        `The audit log has ${finding.head.sequence} events that fit together, but none with the hash of --head: the newest were cut off, or all were made anew\n`,
      );
      return 1;
  }
}

function sayBreak(because: AuditChainBreak): string {
  switch (because) {
    case 'missing':
      return 'it is not there';
    case 'altered':
      return 'it was changed after it was written';
    case 'unlinked':
      return 'it does not fit the event before, which was replaced';
  }
}
