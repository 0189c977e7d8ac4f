import { createPostgresApiKeyStore } from '../adapters/postgres/api-key-store-postgres.ts';
import { createPostgresAuditStore } from '../adapters/postgres/audit-store-postgres.ts';
import { createPostgresClientStore } from '../adapters/postgres/client-store-postgres.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { createPostgresOneTimeTokenStore } from '../adapters/postgres/one-time-token-store-postgres.ts';
import { createPostgresRefreshKeyStore } from '../adapters/postgres/refresh-key-store-postgres.ts';
import { createPostgresRevocationLog } from '../adapters/postgres/revocation-log-postgres.ts';
import { createPostgresSessionStore } from '../adapters/postgres/session-store-postgres.ts';
import { createPostgresSigningKeyStore } from '../adapters/postgres/signing-key-store-postgres.ts';
import { createPostgresSubjectStanding } from '../adapters/postgres/subject-standing-postgres.ts';
import { createPostgresUserStore } from '../adapters/postgres/user-store-postgres.ts';
import type { AuditStore } from '../core/audit/audit-store.ts';
import type { CoreOptions } from '../core/create-core.ts';

/** The stores of a core, by the names of its options. */
export type Stores = Pick<
  CoreOptions,
  | 'users'
  | 'oneTimeTokens'
  | 'sessions'
  | 'refreshKeyStore'
  | 'signingKeyStore'
  | 'apiKeyStore'
  | 'clientStore'
  | 'revocationLog'
  | 'subjectStanding'
> & { readonly auditStore: AuditStore };

/** Creates all stores on one database, for a core and for commands alike. */
export function createPostgresStores(database: Database): Stores {
  return {
    users: createPostgresUserStore(database),
    oneTimeTokens: createPostgresOneTimeTokenStore(database),
    sessions: createPostgresSessionStore(database),
    refreshKeyStore: createPostgresRefreshKeyStore(database),
    signingKeyStore: createPostgresSigningKeyStore(database),
    apiKeyStore: createPostgresApiKeyStore(database),
    auditStore: createPostgresAuditStore(database),
    clientStore: createPostgresClientStore(database),
    revocationLog: createPostgresRevocationLog(database),
    subjectStanding: createPostgresSubjectStanding(database),
  };
}
