/** Thrown where a command cannot do what it was asked for. The message is for the person at the terminal: one line, what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
