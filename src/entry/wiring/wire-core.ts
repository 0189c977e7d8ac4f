import { createArgon2Hasher } from '../../adapters/node/argon2-hasher.ts';
import { loadCommonPasswords } from '../../adapters/node/common-passwords.ts';
import { startEmbeddedPostgres } from '../../adapters/node/embedded-postgres/embedded-postgres.ts';
import type { CoreActivity } from '../../adapters/node/metrics/core-metrics.ts';
import type { RedisState } from '../../adapters/node/metrics/redis-metrics.ts';
import { connectDatabase } from '../../adapters/postgres/database.ts';
import { migrate } from '../../adapters/postgres/migrate.ts';
import type { Policy } from '../../config/compile-policy.ts';
import type { Environment } from '../../config/environment.ts';
import { type Core, createCore } from '../../core/create-core.ts';
import { createPasswordPolicy } from '../../core/passwords/password-policy.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import type { UserStore } from '../../core/users/user-store.ts';
import { CORE_ISSUER_ID } from '../../identity/principal.ts';
import type { Log } from '../../lib/log.ts';
import { createOutcomeCounts } from '../../lib/outcome-counts.ts';
import { systemTimer } from '../../lib/system-timer.ts';
import { DEVELOPMENT_DIRECTORY, readDevelopmentSecret } from '../development-secret.ts';
import { createPostgresStores } from '../postgres-stores.ts';
import { readProductFacts } from '../product-facts.ts';
import { startAuditTrail } from '../start-audit-trail.ts';
import { startPostgresCleaning } from '../start-postgres-cleaning.ts';
import { wireLimits } from './wire-limits.ts';
import { type WiredMail, wireMail } from './wire-mail.ts';

/** A core on Postgres. */
export interface WiredCore {
  readonly core: Core;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  /** There where `REDIS_URL` is. */
  readonly redis: RedisState | undefined;
  readonly mail: WiredMail;
  /** What the metrics tell of it. */
  readonly activity: CoreActivity;
  /** Whether the database answers. */
  isDatabaseReady(): Promise<boolean>;
  /** Ends the answers that stay open, and lets none begin: what waits for requests under way would wait for them. */
  endStreams(): void;
  stop(): Promise<void>;
}

/**
 * Wires the core: starts the embedded Postgres where no `DATABASE_URL` is set (never in production; the environment was checked), brings
 * the schema up to date, and makes the first signing key. @throws UnavailableError when the database cannot be reached.
 */
export async function wireCore(environment: Environment, policy: Policy, log: Log): Promise<WiredCore> {
  const server = await startServer(environment, log);
  const database = connectDatabase({ url: server.url, log });
  const audit = startAuditTrail(database, log);
  const limits = wireLimits(environment.redisUrl, log);
  const mail = wireMail(environment, log);
  const stop = async () => {
    await mail.stop();
    limits.stop();
    await audit.stop();
    await database.close();
    await server.stop();
  };
  try {
    await migrate({ url: server.url, log });
    const stores = createPostgresStores(database);
    const { users, sessions } = stores;
    const stopping = new AbortController();
    const counts = createCounts();
    const core = await createCore({
      ...stores,
      ...mail.ports,
      ...counts,
      hasher: createArgon2Hasher(),
      guesses: limits.guesses,
      requests: limits.requests,
      passwordPolicy: createPasswordPolicy({ isCommon: await loadCommonPasswords() }),
      audit,
      secrets: environment.secrets ?? [await readDevelopmentSecret(DEVELOPMENT_DIRECTORY)],
      about: await readProductFacts(environment.role),
      clock: Date.now,
      stopping: stopping.signal,
      log,
      ...configured(environment, policy),
    });
    // A secret that opens no key would otherwise show at the first log-in.
    await core.sign({}, 'start');
    const stopRounds = core.startRounds(systemTimer);
    const stopCleaning = startPostgresCleaning(database, policy.core, log);
    const isDatabaseReady = () => answers(database.ping());
    const stopAll = () => Promise.all([stopRounds(), stopCleaning()]).then(stop);
    const activity = { audit: audit.counts, ...counts, revocations: core.revocationActivity };
    const { redis } = limits;
    const endStreams = () => stopping.abort();
    return { core, users, sessions, mail, redis, activity, isDatabaseReady, endStreams, stop: stopAll };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Counts of what a core answers. */
function createCounts() {
  return { refreshes: createOutcomeCounts(), introspections: createOutcomeCounts() };
}

/** The database's server: the one of the environment, or an embedded one. */
async function startServer(
  { databaseUrl }: Environment,
  log: Log,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: async () => {} };
  return startEmbeddedPostgres({ dataDirectory: `${DEVELOPMENT_DIRECTORY}/postgres`, log });
}

/** What the environment and the policy file say to a core. */
function configured({ publicUrl, client }: Environment, policy: Policy) {
  const { roleScopes, core: settings, trustedOrigins } = policy;
  const audience = policy.issuers.find(({ id }) => id === CORE_ISSUER_ID)?.audience ?? CORE_ISSUER_ID;
  const internalClient = client && { internalClient: client };
  return { publicUrl, audience, roleScopes, settings, trustedOrigins, ...internalClient };
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch {
    return false;
  }
}
