const FRAMES_MAX = 10;

/** An error's name and where it was thrown, for the log. Does NOT hold its message, which may quote what a client sent. */
export function stackFrames(error: unknown): { readonly error: string; readonly at: string | undefined } {
  if (!(error instanceof Error)) return { error: typeof error, at: undefined };
  const { name, message, stack = '' } = error;
  // A line of the message could look like a frame.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  const inside = frames.map((line) => line.trim()).filter((line) => line.startsWith('at '));
  return { error: name, at: inside.slice(0, FRAMES_MAX).join('; ') };
}
