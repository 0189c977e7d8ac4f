import { isId } from '../../../identity/ids.ts';
import type { UserCursor } from '../../users/user-store.ts';

/** The most characters that a cursor has. */
export const CURSOR_LENGTH_MAX = 80;

/** Writes a place in the list of users as one opaque text. Holds nothing that is secret, and is not signed: it opens nothing that the list does not show. */
export function writeUserCursor({ createdAt, id }: UserCursor): string {
  return new TextEncoder()
    .encode(`${createdAt.getTime()}.${id}`)
    .toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Reads what `writeUserCursor` wrote; `undefined` for everything else. */
export function readUserCursor(text: string): UserCursor | undefined {
  if (text.length > CURSOR_LENGTH_MAX || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  // Until the year 2286: what a database cannot hold as a time is no place in a list.
  const [, time, id] = /^(\d{1,13})\.(\w+)$/.exec(decode(text) ?? '') ?? [];
  if (time === undefined || id === undefined || !isId('user', id)) return undefined;
  return { createdAt: new Date(Number(time)), id };
}

function decode(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' }));
  } catch {
    return undefined;
  }
}
