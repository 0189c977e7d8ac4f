import type { Administrator } from '../../core/users/administer-users.ts';
import type { ImportOutcome, ImportUsers } from '../../core/users/import-users.ts';
import type { NewUser } from '../../core/users/user-store.ts';
import { describeTaken } from '../commands/users/user-description.ts';
import type { ImportRow } from './import-rows.ts';
import { readImportedUser } from './imported-user.ts';
import type { SeenValues } from './seen-values.ts';

/** What became of the rows of a file. */
export interface ImportCounts {
  readonly imported: number;
  readonly skipped: number;
  readonly bad: number;
}

/** What it takes to import the rows of a file. */
export interface ImportRun {
  readonly rows: AsyncIterable<ImportRow>;
  readonly importUsers: ImportUsers;
  readonly by: Administrator;
  /** Only tells what would be. */
  readonly dryRun: boolean;
  readonly seen: SeenValues;
  /** Called in the order of the file for each row that is not imported. */
  report(line: number, text: string): void;
  /** Called after each batch; is waited for. */
  onBatch(counts: ImportCounts): Promise<void>;
}

/** What a row comes to; a bad one has a reason. */
type RowOutcome =
  | { readonly kind: 'imported' | 'skipped' }
  | { readonly kind: 'bad'; readonly reason: string };

// Rows that are under way at once; the pool of connections shares them out.
const BATCH_SIZE = 100;
const UNIQUE = ['email', 'username', 'patientId', 'doctorId'] as const;

/** Imports the rows of a file, a batch at a time. Throws UnavailableError when the database could not tell; what was imported before stays. */
export async function runImport(run: ImportRun): Promise<ImportCounts> {
  const counts = { imported: 0, skipped: 0, bad: 0 };

  async function work(batch: readonly ImportRow[]): Promise<void> {
    // Values are looked at in the order of the file, before anything waits.
    const settled = await Promise.allSettled(batch.map((row) => importRow(run, row)));
    for (const [index, outcome] of settled.entries()) {
      if (outcome.status === 'rejected') throw outcome.reason;
      counts[outcome.value.kind] += 1;
      const line = batch[index]?.line ?? 0;
      if (outcome.value.kind === 'bad') run.report(line, outcome.value.reason);
      if (outcome.value.kind === 'skipped') run.report(line, 'skipped, because the user is there already');
    }
    await run.onBatch(counts);
  }

  let batch: ImportRow[] = [];
  for await (const row of run.rows) {
    batch.push(row);
    if (batch.length < BATCH_SIZE) continue;
    await work(batch);
    batch = [];
  }
  if (batch.length > 0) await work(batch);
  return counts;
}

async function importRow(run: ImportRun, row: ImportRow): Promise<RowOutcome> {
  if ('fault' in row) return { kind: 'bad', reason: row.fault };
  const user = readImportedUser(row.cells);
  if (!user.ok) return { kind: 'bad', reason: user.reason };
  const repeated = findRepeated(run.seen, user.value);
  if (repeated !== undefined)
    return { kind: 'bad', reason: `an earlier line of this file has the same ${repeated}` };
  const { importUsers, by, dryRun } = run;
  return rowOutcome(await (dryRun ? importUsers.foresee(user.value) : importUsers.import(by, user.value)));
}

function findRepeated(seen: SeenValues, user: NewUser): string | undefined {
  const repeated = UNIQUE.filter((member) => {
    const value = user[member];
    return (
      value !== undefined && seen.add(`${member}:${member === 'username' ? value.toLowerCase() : value}`)
    );
  });
  const names = { email: 'email', username: 'username', patientId: 'patient_id', doctorId: 'doctor_id' };
  return repeated[0] && names[repeated[0]];
}

function rowOutcome(outcome: ImportOutcome): RowOutcome {
  switch (outcome.kind) {
    case 'imported':
      return { kind: 'imported' };
    case 'exists':
      return { kind: 'skipped' };
    case 'taken':
      return { kind: 'bad', reason: describeTaken(outcome.member) };
  }
}
