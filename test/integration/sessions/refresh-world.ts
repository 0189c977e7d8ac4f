import { connectDatabase, type Database } from '../../../src/adapters/postgres/database.ts';
import type { AuditLog } from '../../../src/core/audit/audit-log.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { ageSessions } from '../../support/postgres/age-sessions.ts';
import {
  addUserOnPostgres,
  type CoreOnPostgres,
  startCoreOnPostgres,
} from '../../support/postgres/core-on-postgres.ts';
import { createTestDatabase } from '../../support/postgres/database.ts';
import { openSeveredLink, type SeveredLink } from '../../support/servers/severed-link.ts';

/** A core with its own pool, on a link to the database that can be cut. */
export interface Process {
  readonly link: SeveredLink;
  core: CoreOnPostgres;
  /** The core is gone with all that it had in memory, and another one begins. */
  restart(): Promise<void>;
}

/** A session's row, as far as the rules say something of it. */
export interface SessionRow {
  readonly state: string;
  readonly counter: number;
  readonly graceUses: number;
}

/** Several processes on one database. */
export interface World {
  readonly processes: readonly Process[];
  readonly userId: string;
  readonly username: string;
  /** The sessions that were marked as compromised in the audit log, one entry an event. */
  readonly compromised: string[];
  /** Lets time pass for what is stored of the user. */
  advanceSeconds(seconds: number): Promise<void>;
  /** All rows of the user's sessions. */
  rows(): Promise<ReadonlyMap<string, SessionRow>>;
}

/** Opens a database with some processes on it; `world` gives them a user of their own. */
export async function openWorlds(processCount: number) {
  const testDatabase = await createTestDatabase();
  const compromised: string[] = [];
  const processes = await Promise.all(
    Array.from({ length: processCount }, () => startProcess(testDatabase.url, compromised)),
  );
  const { sql } = testDatabase.database;
  let serial = 0;

  return {
    processes,
    async world(): Promise<World> {
      serial += 1;
      const { id: userId, username } = await addUserOnPostgres(testDatabase.database, `doctor-${serial}`);
      return {
        processes,
        userId,
        username,
        compromised,
        advanceSeconds: (seconds) => ageSessions(sql, seconds, userId),
        rows: async () => {
          const rows = await sql<(SessionRow & { id: string })[]>`
            select id, state, refresh_counter as counter, refresh_grace_uses as "graceUses"
            from sessions where user_id = ${userId}`;
          return new Map(rows.map(({ id, ...row }) => [id, row]));
        },
      };
    },
    async close(): Promise<void> {
      for (const { link, database } of processes) {
        await database().close();
        await link.close();
      }
      await testDatabase.drop();
    },
  };
}

async function startProcess(
  databaseUrl: string,
  compromised: string[],
): Promise<Process & { database(): Database }> {
  const target = new URL(databaseUrl);
  const link = await openSeveredLink(target.hostname, Number(target.port));
  target.port = String(link.port);
  let database: Database;
  const audit: AuditLog = {
    record: ({ type, sessionId }) => {
      if (type === 'session.compromised') compromised.push(sessionId ?? '');
    },
  };
  const start = async () => {
    database = connectDatabase({ url: target.href, log: silentLog, poolMax: 2 });
    return startCoreOnPostgres(database, { audit });
  };
  const process = {
    link,
    core: await start(),
    database: () => database,
    async restart() {
      await database.close();
      process.core = await start();
    },
  };
  return process;
}
