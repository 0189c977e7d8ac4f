import type { RevocationLog } from '../../../src/core/revocation/revocation-log.ts';
import type { Revocation } from '../../../src/identity/revocation.ts';

/** Reads a log as a follower does: from cursor to cursor, and of what it was told twice it takes notice once. */
export interface LogReader {
  /** What there is that it was not told before. */
  readNew(): Promise<readonly Revocation[]>;
  /** What an act appends, as `kind id`. */
  appendedBy(act: () => Promise<unknown>): Promise<readonly string[]>;
}

/** Creates a reader that begins at the beginning. */
export function createLogReader(log: Pick<RevocationLog, 'read'>): LogReader {
  const told = new Set<string>();
  let cursor: string | undefined;
  const readNew = async () => {
    const batch = await log.read(cursor);
    cursor = batch.cursor;
    return batch.revocations.filter((revocation) => {
      const key = JSON.stringify(revocation);
      return !told.has(key) && told.add(key);
    });
  };
  return {
    readNew,
    async appendedBy(act) {
      await readNew();
      await act();
      return (await readNew()).map(({ kind, id }) => `${kind} ${id}`);
    },
  };
}
