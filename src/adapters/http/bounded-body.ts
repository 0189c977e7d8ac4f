import { type Dependency, UnavailableError } from '../../lib/unavailable-error.ts';

/**
 * Reads a body up to a limit; what is longer is cut off from its sender, whatever length it said to have.
 * @throws UnavailableError of who answered, when it is longer; what breaks on the way passes through.
 */
export async function readBoundedBody(
  { body }: Pick<Response, 'body'>,
  { bytesMax, from }: { readonly bytesMax: number; readonly from: Dependency },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the stream.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw new UnavailableError(from, 'the answer is too long');
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
