import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/** A place in a list that goes by time of creation and id. */
interface CreationPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/** Holds for the rows behind a place; for all rows where there is none. One comparison of rows, which an index on both columns answers. */
export function isBehind(
  table: { readonly createdAt: AnyPgColumn; readonly id: AnyPgColumn },
  after: CreationPlace | undefined,
): SQL | undefined {
  if (after === undefined) return undefined;
  const { createdAt, id } = table;
  return sql`(${createdAt}, ${id}) > (${sql.param(after.createdAt, createdAt)}::timestamptz, ${after.id})`;
}

/** Cuts a page out of rows of which one more than the page holds was asked for: that one tells whether there is a next page. */
export function pageOf<Row extends CreationPlace>(
  rows: readonly Row[],
  limit: number,
): { readonly page: readonly Row[]; readonly next: CreationPlace | undefined } {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { page, next: last && { createdAt: last.createdAt, id: last.id } };
}
