import { writeSync } from 'node:fs';

/** A buffered writer of whole lines. */
export interface LineBuffer {
  /** Adds a line of ASCII, which ends with a newline. Costs a copy; writing happens once per batch. */
  add(line: string): void;
  /** Writes what is there as far as the reader takes it; to be called before the process ends. */
  flush(): void;
  /** Lines that were thrown away because the reader of the log stood still; a metric. */
  readonly droppedLines: number;
}

// One system call for hundreds of lines.
const BATCH_BYTES = 64 * 1024;
// A person who watches the log sees a line as good as at once.
const FLUSH_AFTER_MS = 50;
// What a stalled reader may cost in memory before lines are dropped and counted.
const BACKLOG_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Creates a line buffer on a file descriptor. A pipe whose reader is slow is waited for without blocking requests: what it does not take
 * is kept and tried again, up to 16 MiB; beyond that new lines are dropped and counted. Lines are copied into one block of memory that is
 * used again and again, because pieces of text that live until the next write are what costs (5 µs a line in pino's destination).
 */
export function createLineBuffer(fileDescriptor: number): LineBuffer {
  let block: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let used = 0;
  let droppedLines = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    let written = 0;
    try {
      while (written < used) written += writeSync(fileDescriptor, block, written, used - written);
    } catch (error) {
      // EAGAIN is a pipe that is full; anything else (EPIPE: the reader is gone) will not mend, and logging must not end the service.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') written = used;
    }
    if (written > 0) block.copyWithin(0, written, used);
    used -= written;
    if (used > 0) flushLater();
  }

  function flushLater(): void {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  }

  /** Makes room for a line, by writing or, before a reader that stands still, by growing. */
  function makeRoom(length: number): boolean {
    flush();
    if (used + length <= block.length) return true;
    if (used + length > BACKLOG_BYTES_MAX) return false;
    block = enlarged(block, used, used + length);
    return true;
  }

  return {
    add(line) {
      if (used + line.length > block.length && !makeRoom(line.length)) {
        droppedLines += 1;
        return;
      }
      used += block.write(line, used, 'latin1');
      flushLater();
    },
    flush,
    get droppedLines() {
      return droppedLines;
    },
  };
}

/** A block of at least `length` bytes, and of twice the size, that begins with the used part of the old one. */
function enlarged(block: Buffer, used: number, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * block.length, length));
  block.copy(larger, 0, 0, used);
  return larger;
}
