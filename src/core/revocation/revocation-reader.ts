import type { RevocationBatch } from '../../identity/revocation.ts';
import type { Timer } from '../../lib/durations.ts';
import { failureFields } from '../../lib/failure-fields.ts';
import type { Log } from '../../lib/log.ts';
import type { RevocationLog } from './revocation-log.ts';

// Followers are promised a sign of life each second, and a read takes a moment.
const READ_EVERY_MS = 900;
// Between two reads while much is appended: each of them then tells of many.
const READ_AGAIN_MS = 20;

/** What the reader of a process works by. */
export interface RevocationReaderOptions extends Pick<RevocationLog, 'read' | 'onAppended'> {
  /** Gets what each read found that the one before did not, which may be nothing. */
  readonly tell: (batch: RevocationBatch) => void;
  readonly timer: Timer;
  readonly log: Log;
}

/** The reader, at work. */
export interface RevocationReader {
  /** Reads what was appended until now, without waiting to be told of it, and answers when it was told. Does NOT say whether it could be read. */
  readNow(): Promise<void>;
  /** Stops it, and waits for the read under way. */
  stop(): Promise<void>;
}

/**
 * Starts the one reader of a process: it reads at once when something was appended, and without that nearly each second, one read at a time. A
 * read that fails tells nothing.
 */
export function startRevocationReader(options: RevocationReaderOptions): RevocationReader {
  const { timer } = options;
  const { read, distrustCursor } = createRead(options);
  let isAppended = false;
  let isStopped = false;
  let underWay: Promise<void> | undefined;
  let cancel = () => {};

  function begin(): void {
    cancel();
    isAppended = false;
    underWay = read().then(() => {
      underWay = undefined;
      if (!isStopped) cancel = timer(begin, isAppended ? READ_AGAIN_MS : READ_EVERY_MS);
    });
  }

  const stopListening = options.onAppended((news) => {
    if (news === 'gap') distrustCursor();
    isAppended = true;
    if (underWay === undefined && !isStopped) begin();
  });
  begin();
  return {
    async readNow() {
      // It may have begun before what is to be read was there.
      await underWay;
      if (underWay === undefined && !isStopped) begin();
      await underWay;
    },
    async stop() {
      isStopped = true;
      cancel();
      await Promise.all([stopListening(), underWay]);
    },
  };
}

/** Creates one read of what was appended since the read before, which tells of it. */
function createRead({ read: readLog, tell, log }: RevocationReaderOptions) {
  const found = createUntold();
  let cursor: string | undefined;
  let isCursorGood = true;
  let isReadable = true;

  async function read(): Promise<void> {
    const after = isCursorGood ? cursor : undefined;
    isCursorGood = true;
    try {
      const batch = await readLog(after);
      cursor = batch.cursor;
      if (!isReadable) log.info('the log of revocations is read again');
      isReadable = true;
      tell({ cursor, revocations: found.untold(batch) });
    } catch (error) {
      if (after === undefined) isCursorGood = false;
      if (isReadable) log.warn('the log of revocations could not be read', failureFields(error));
      isReadable = false;
    }
  }

  return {
    read,
    distrustCursor() {
      isCursorGood = false;
    },
  };
}

/** Creates what tells the rows of a read from those of the read before: while a transaction is held open, all since it began come each time. */
function createUntold() {
  let told: ReadonlyMap<string, number> = new Map();
  return {
    untold({ revocations }: RevocationBatch) {
      const seen = new Map<string, number>();
      // Of two revocations of one thing the later says all that the earlier does.
      for (const { id, revokedAtMs } of revocations)
        seen.set(id, Math.max(revokedAtMs, seen.get(id) ?? revokedAtMs));
      const before = told;
      told = seen;
      return revocations.filter(({ id, revokedAtMs }) => revokedAtMs > (before.get(id) ?? -1));
    },
  };
}
