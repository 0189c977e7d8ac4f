/** A place in a list of programs, which goes by time of creation, oldest first: behind this one. */
export interface MachineCursor {
  readonly createdAt: Date;
  readonly id: string;
}
