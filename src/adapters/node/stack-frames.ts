/** An error's name and where it was thrown, for the log. Does NOT hold its message, which may quote what a client sent. */
export function stackFrames(error: unknown): { readonly error: string; readonly at: string | undefined } {
  if (!(error instanceof Error)) return { error: typeof error, at: undefined };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { error: error.name, at: frames?.map((line) => line.trim()).join('; ') };
}
