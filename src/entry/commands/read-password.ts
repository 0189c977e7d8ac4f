import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { PASSWORD_INPUT_LENGTH_MAX } from '../../core/passwords/normalize-password.ts';
import { CommandError } from './command-error.ts';
import { readBoundedText } from './read-bounded-text.ts';

// UTF-8 takes four bytes for a character at most, and a line may end with two.
const INPUT_BYTES_MAX = 4 * PASSWORD_INPUT_LENGTH_MAX + 2;

/**
 * Reads a password: at a terminal twice and without showing it, otherwise all of the standard input but the end of its line. Throws CommandError when
 * there is none. Does NOT judge it, and no argument of a command ever holds one: those are seen by every user of the machine.
 */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await askTwice() : await readInput();
  if (password === '') throw new CommandError('expected a password, found none');
  return password;
}

async function readInput(): Promise<string> {
  const text = await readBoundedText(process.stdin, INPUT_BYTES_MAX, 'the standard input');
  return text.replace(/\r?\n$/, '');
}

async function askTwice(): Promise<string> {
  const first = await ask('Password: ');
  if (first !== '' && first !== (await ask('The same again: ')))
    throw new CommandError('the two passwords are not the same');
  return first;
}

async function ask(question: string): Promise<string> {
  // Readline switches the terminal's own echo off, and shows what is typed on its output: which is nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const given = new AbortController();
  for (const ending of ['SIGINT', 'close'] as const) lines.once(ending, () => given.abort());
  process.stderr.write(question);
  try {
    return await lines.question('', { signal: given.signal });
  } catch {
    throw new CommandError('no password was given');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
