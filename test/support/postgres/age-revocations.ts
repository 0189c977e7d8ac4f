import type { Database } from '../../../src/adapters/postgres/database.ts';

/** Lets time pass for the log of revocations, which nobody else may change. */
export async function ageRevocations(sql: Database['sql'], seconds: number): Promise<void> {
  await sql.unsafe(`alter table revocations disable trigger revocations_no_update;
    update revocations set revoked_at = revoked_at - make_interval(secs => ${seconds});
    alter table revocations enable trigger revocations_no_update`);
}
