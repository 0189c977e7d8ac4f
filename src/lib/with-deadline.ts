/** Waits for an answer, but no longer than this: then it throws what `late` makes. Does NOT call the work off, and forgets what becomes of it. */
export async function withDeadline<Value>(
  work: PromiseLike<Value>,
  deadlineMs: number,
  late: () => Error,
): Promise<Value> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), deadlineMs);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
