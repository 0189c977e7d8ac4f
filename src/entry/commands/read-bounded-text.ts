import { createReadStream } from 'node:fs';
import { CommandError } from './command-error.ts';

/** Reads a whole stream as UTF-8. Throws CommandError, which names the stream by `what`, for one that is longer or no text. */
export async function readBoundedText(
  stream: AsyncIterable<Buffer>,
  bytesMax: number,
  what: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) throw new CommandError(`${what} is longer than ${bytesMax} bytes`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new CommandError(`${what} is not text in UTF-8`);
  }
}

/** Reads a file, or the standard input where the path is `-`; see `readBoundedText`. */
export async function readInputFile(path: string, bytesMax: number): Promise<string> {
  if (path === '-') return readBoundedText(process.stdin, bytesMax, 'the standard input');
  try {
    return await readBoundedText(createReadStream(path), bytesMax, path);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandError(`${path} cannot be read`);
    throw error;
  }
}
