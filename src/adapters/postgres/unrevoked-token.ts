import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import { revocations } from './schema/revocations.ts';

/** Holds unless the token with that id was revoked by itself; for `null` always. Does NOT look at what the token stands on. */
export function isUnrevoked(tokenId: string | Placeholder): SQL {
  return sql`not exists (select 1 from ${revocations} where ${revocations.subjectId} = ${tokenId})`;
}
