/**
 * A value that is there already, or the promise of one. For the path that every request takes: an `await` costs a turn of the microtask
 * queue even where nothing has to be waited for.
 */
export type Soon<Value> = Value | Promise<Value>;

/** Goes on with a value at once where it is there, else when it comes. Does NOT catch what `next` throws. */
export function whenThere<Value, Next>(soon: Soon<Value>, next: (value: Value) => Soon<Next>): Soon<Next> {
  return soon instanceof Promise ? soon.then(next) : next(soon);
}
