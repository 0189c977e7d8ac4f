interface Placed {
  readonly createdAt: Date;
  readonly id: string;
}

/** Cuts the page behind a place out of items, which it sorts by time of creation and id. */
export function pageByCreation<Item extends Placed>(
  items: readonly Item[],
  after: Placed | undefined,
  limit: number,
): { readonly page: readonly Item[]; readonly next: Placed | undefined } {
  const place = ({ createdAt, id }: Placed) => `${createdAt.toISOString()} ${id}`;
  const behind = items
    .toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
    .filter((item) => after === undefined || place(item) > place(after));
  const page = behind.slice(0, limit);
  const last = behind.length > limit ? page.at(-1) : undefined;
  return { page, next: last && { createdAt: last.createdAt, id: last.id } };
}
