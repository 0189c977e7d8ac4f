import { type SQL, sql } from 'drizzle-orm';
import type { RevocationLog } from '../../core/revocation/revocation-log.ts';
import { REVOCATION_MEMORY_SECONDS } from '../../core/revocation/revocation-memory.ts';
import { isId } from '../../identity/ids.ts';
import type { RevocableKind, Revocation } from '../../identity/revocation.ts';
import type { Database } from './database.ts';
import { revocations } from './schema/revocations.ts';

// What one statement reads: some milliseconds, and a few megabytes.
const PAGE_ROWS = 10_000;
const CHANNEL = 'wardgate_revocations';

interface Row extends Record<string, unknown> {
  readonly cursor: string;
  readonly read_at_ms: number;
  /** `null` in the one row of a page without any. */
  readonly kind: RevocableKind | null;
  readonly subject_id: string;
  readonly revoked_at_ms: number;
  readonly transaction_id: string;
  readonly sequence: string;
}

/**
 * Creates the log on Postgres, which triggers write. A cursor is the oldest transaction that was not over when it was read: all rows of older ones were there then, and
 * whatever comes later is of that transaction or a younger one, in whichever order they commit. With it goes the time of the read: a server that takes over as a copy, or after a restore,
 * begins with lower numbers, and soon comes to those of cursors that it did not give.
 */
export function createPostgresRevocationLog(database: Database): RevocationLog {
  return {
    async read(after) {
      const found: Revocation[] = [];
      let behind = placeOf(after);
      let first: Row | undefined;
      for (;;) {
        const rows = await readPage(database, behind);
        // The first page's: what commits while the others are read is young enough to be read again.
        first ??= rows[0];
        for (const row of rows) if (row.kind !== null) found.push(toRevocation(row));
        const last = rows.at(-1);
        if (first === undefined || last === undefined) throw new Error('a read of the log gave no row');
        if (rows.length < PAGE_ROWS)
          return { revocations: found, cursor: first.cursor, readAtMs: last.read_at_ms };
        behind = sql`${last.transaction_id}::xid8, ${last.sequence}::bigint`;
      }
    },
    async revokeToken(tokenId) {
      if (!isId('token', tokenId)) throw new TypeError('only tokens of our own have a row in the log');
      await database.query((db) => db.insert(revocations).values({ kind: 'token', subjectId: tokenId }));
    },
    onAppended(listener) {
      let isFirst = true;
      const begun = () => {
        // The first time nothing was lost: the connection is new, and so is whoever listens.
        listener(isFirst ? 'appended' : 'gap');
        isFirst = false;
      };
      return database.listen({ channel: CHANNEL, notified: () => listener('appended'), begun });
    },
  };
}

/** The rows of a page, behind a place in the order of the index, and the cursor: of one statement, and so of one snapshot. */
async function readPage(database: Database, behind: SQL): Promise<readonly Row[]> {
  return database.query((db) =>
    db.execute<Row>(sql`
      select pg_snapshot_xmin(pg_current_snapshot())
          || '.' || (extract(epoch from statement_timestamp()) * 1000000)::bigint as cursor,
        (extract(epoch from statement_timestamp()) * 1000)::float8 as read_at_ms, page.kind, page.subject_id,
        floor(extract(epoch from page.revoked_at) * 1000)::float8 as revoked_at_ms, page.transaction_id, page.sequence
      from (select) as always left join (
        select * from ${revocations}
        where (${revocations.transactionId}, ${revocations.sequence}) > (${behind})
          and ${revocations.revokedAt} > now() - make_interval(secs => ${REVOCATION_MEMORY_SECONDS})
        order by ${revocations.transactionId}, ${revocations.sequence}
        limit ${PAGE_ROWS}
      ) as page on true
      order by page.transaction_id, page.sequence`),
  );
}

/** A transaction's number, and microseconds since the Unix epoch. */
const CURSOR = /^(\d{1,18})\.(\d{1,16})$/;

/**
 * Where a read begins: at the cursor's transaction, or before it with the first of those that revoked after the cursor was given. A cursor that is none of ours, or that this database
 * has not come to yet, was given by another: then everything is read.
 */
function placeOf(cursor: string | undefined): SQL {
  const [, from, since] = CURSOR.exec(cursor ?? '') ?? [];
  if (from === undefined) return sql`'0'::xid8, 0`;
  const { transactionId, revokedAt } = revocations;
  // Found by time and then ordered: the other way around, a log in which nothing is new would be read whole.
  const recent = sql`select ${transactionId} from ${revocations}
    where ${revokedAt} > timestamptz 'epoch' + ${since}::bigint * interval '1 microsecond' offset 0`;
  return sql`case
      when ${from}::xid8 > pg_snapshot_xmax(pg_current_snapshot()) then '0'::xid8
      else least(${from}::xid8, (select transaction_id from (${recent}) as recent order by transaction_id limit 1))
    end, 0`;
}

function toRevocation({ kind, subject_id: id, revoked_at_ms: revokedAtMs }: Row): Revocation {
  return { kind: kind as RevocableKind, id, revokedAtMs };
}
