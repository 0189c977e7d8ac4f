import type { FollowRevocations } from '../identity/revocation.ts';
import type { Clock, Timer } from '../lib/durations.ts';
import type { Log } from '../lib/log.ts';
import type { OutcomeCounts } from '../lib/outcome-counts.ts';
import { createAccounts } from './accounts/create-accounts.ts';
import { createPasswordCheck } from './accounts/password-check.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { AuditStore } from './audit/audit-store.ts';
import { createReadAuditLog } from './audit/read-audit-log.ts';
import type { BackgroundWork } from './background-work.ts';
import type { ClientStore } from './clients/client-store.ts';
import type { CoreSettings } from './core-settings.ts';
import { createExchangeToken } from './exchange/exchange-token.ts';
import type { SubjectStanding } from './exchange/subject-standing.ts';
import type { CallerAuthentication } from './http/caller-authentication.ts';
import { createCoreApp } from './http/core-app.ts';
import type { CoreApp } from './http/core-env.ts';
import type { ProductFacts } from './http/docs/build-contract.ts';
import type { InternalClient } from './http/gateways/require-internal-client.ts';
import { type AnswerIntrospection, createAnswerIntrospection } from './http/oauth/answer-introspection.ts';
import { createIntrospection } from './introspection/create-introspection.ts';
import type { TokenAuthentication } from './introspection/token-authentication.ts';
import { createAdministerKeys } from './keys/administer-keys.ts';
import type { PublicKeySet } from './keys/public-key-set.ts';
import { createSecretBox } from './keys/secret-box.ts';
import type { SigningKeyStore } from './keys/signing-key-store.ts';
import { createSigningKeys, type SigningKeys } from './keys/signing-keys.ts';
import type { RequestLimiter } from './limits/request-limiter.ts';
import type { OneTimeTokenStore } from './links/one-time-token-store.ts';
import type { ActiveMachines } from './machines/active-machines.ts';
import type { ApiKeyStore } from './machines/api-key-store.ts';
import { createMachines } from './machines/create-machines.ts';
import type { Mailer } from './mail/mailer.ts';
import { createDecoyHashes } from './passwords/decoy-hashes.ts';
import type { GuessLimiter } from './passwords/guess-limiter.ts';
import type { PasswordHasher } from './passwords/password-hasher.ts';
import type { PasswordPolicy } from './passwords/password-policy.ts';
import { createFollowRevocations, type RevocationActivity } from './revocation/follow-revocations.ts';
import type { RevocationLog } from './revocation/revocation-log.ts';
import { createRevokeToken } from './revocation/revoke-token.ts';
import { type ActiveSessions, createActiveSessions } from './sessions/active-sessions.ts';
import { createEndSession } from './sessions/end-session.ts';
import { createLogIn } from './sessions/log-in.ts';
import { createRefresh } from './sessions/refresh.ts';
import type { RefreshKeyStore } from './sessions/refresh-key-store.ts';
import { createRefreshKeys } from './sessions/refresh-keys.ts';
import { createSessionEndings, type SessionEndings } from './sessions/session-endings.ts';
import type { SessionStore } from './sessions/session-store.ts';
import { startRoundsOfCore } from './start-rounds-of-core.ts';
import { createTokens } from './tokens/create-tokens.ts';
import type { IdentityAssertions } from './tokens/identity-assertions.ts';
import type { RoleScopes } from './tokens/role-scopes.ts';
import { type AdministerUsers, createAdministerUsers } from './users/administer-users.ts';
import type { UserStore } from './users/user-store.ts';

/** What the core is made of: its ports, and what the environment and the policy file say. */
export interface CoreOptions {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly refreshKeyStore: RefreshKeyStore;
  readonly signingKeyStore: SigningKeyStore;
  readonly apiKeyStore: ApiKeyStore;
  readonly clientStore: ClientStore;
  readonly subjectStanding: SubjectStanding;
  readonly hasher: PasswordHasher;
  readonly guesses: GuessLimiter;
  readonly requests: RequestLimiter;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly revocationLog: RevocationLog;
  readonly mailer: Mailer;
  readonly background: BackgroundWork;
  /** Judges passwords that are to be set. */
  readonly passwordPolicy: PasswordPolicy;
  readonly audit: AuditLog;
  /** What of the audit log is stored. */
  readonly auditStore: Pick<AuditStore, 'list'>;
  /** `WARDGATE_SECRET`: the first seals, all unseal; each at least 32 bytes. */
  readonly secrets: readonly string[];
  /** What the contract says of the product. */
  readonly about: ProductFacts;
  /** `WARDGATE_PUBLIC_URL` as configured: the issuer of tokens, and by its scheme and origin the rule for cookies. */
  readonly publicUrl: string;
  /** The audience of access tokens. */
  readonly audience: string;
  readonly roleScopes: RoleScopes;
  /** Origins besides the public URL's own whose pages may use cookie credentials. */
  readonly trustedOrigins?: readonly string[];
  /** Where answers to refreshes are counted. */
  readonly refreshes: OutcomeCounts;
  /** Where answers about tokens are counted. */
  readonly introspections: OutcomeCounts;
  readonly settings: CoreSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the process begins to stop: answers that stay open end then. */
  readonly stopping?: AbortSignal;
  /** The one credential of gateways that run apart; without it `/internal/*` does not exist. */
  readonly internalClient?: InternalClient;
}

/** The core, wired. */
export interface Core {
  /** The public keys that verify our tokens. Throws UnavailableError ('database') while none could be read. */
  keySet(): Promise<PublicKeySet>;
  /** Signs a JWT with our current key and the `typ` given; a start proves with it that the key can be opened. Does NOT check or add claims. */
  sign(claims: Readonly<Record<string, unknown>>, typ: string): Promise<string>;
  /** What the edge may ask of sessions; has the shape of its session look-up. */
  readonly activeSessions: ActiveSessions;
  /** What the edge may ask of callers that are programs. */
  readonly activeMachines: ActiveMachines;
  /** Signs who called a service, for the edge. */
  readonly assertions: IdentityAssertions;
  /** Tells of the sessions that this process ends. */
  readonly endings: SessionEndings;
  /** Tells of withdrawn signing keys; see `SigningKeys`. */
  readonly onKeysWithdrawn: SigningKeys['onWithdrawn'];
  /** The log of revocations, for whoever has to know what is revoked: by this process, another one or by hand. It is read from `startRounds` on. */
  readonly followRevocations: FollowRevocations;
  readonly revocationActivity: RevocationActivity;
  /** Starts what is done by itself: keys rotate, and the log of revocations is read. Answers with what stops it, which has to be over before the stores close. */
  startRounds(timer: Timer): () => Promise<void>;
  readonly administerUsers: AdministerUsers;
  /**
   * Makes the HTTP side: `app.fetch(request, { requestId, clientAddress })`. Made apart from the rest, because callers are authenticated
   * by the edge's authenticators, which need `keySet` and `activeSessions` first.
   */
  createApp(callers: CallerAuthentication, answerIntrospection: AnswerIntrospection): CoreApp;
  /** Makes what answers questions about tokens, which the app needs and a server may call directly; by the edge's authenticators, like the app. */
  createIntrospection(tokens: TokenAuthentication): AnswerIntrospection;
}

/**
 * Creates the core: users log in, sessions begin and end, tokens are signed. Reads the signing keys, and makes the first one, before it answers, so
 * that a start with a dead database fails. Throws UnavailableError for that, and RangeError for a missing or short secret.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { limits, signing } = options.settings;
  const box = createSecretBox(options.secrets);
  const keys = createSigningKeys({ ...options, ...signing, store: options.signingKeyStore, box });
  const [decoyOf] = await Promise.all([createDecoyHashes(options), keys.publicKeySet()]);
  const refreshKeys = createRefreshKeys({ ...options, store: options.refreshKeyStore, box });
  const endings = createSessionEndings(options.log);
  const revocations = createFollowRevocations(options);
  const activeSessions = createActiveSessions({ ...options, limits });
  const { accessTokens, assertions } = createTokens({ ...options, ...revocations, keys });
  const machines = createMachines({ ...options, accessTokens, revocations });
  const checkPassword = createPasswordCheck({ ...options, decoyOf });
  const endSession = createEndSession({ ...options, endings, revocations });
  const administerUsers = createAdministerUsers({ ...options, endSession });
  const forTheEdge = { activeSessions, activeMachines: machines.activeMachines, assertions };

  return {
    keySet: keys.publicKeySet,
    sign: keys.sign,
    ...forTheEdge,
    endings,
    onKeysWithdrawn: keys.onWithdrawn,
    followRevocations: revocations.follow,
    revocationActivity: revocations.activity,
    startRounds: (timer) => startRoundsOfCore({ ...options, keys, ...signing, revocations, timer }),
    administerUsers,
    createIntrospection: (tokens) => answering({ ...options, tokens, machines, keys, refreshKeys, limits }),
    createApp: (callers, answerIntrospection) =>
      createCoreApp({
        ...options,
        callers,
        ...forTheEdge,
        followRevocations: revocations.follow,
        machines,
        exchangeToken: createExchangeToken({ ...options, ...revocations, keys, limits }),
        answerIntrospection,
        logIn: createLogIn({ ...options, checkPassword, accessTokens, refreshKeys, limits }),
        refresh: createRefresh({ ...options, limits, keys: refreshKeys, accessTokens, endings, pause }),
        revokeToken: createRevokeToken({ ...options, keys, refreshKeys, limits, endSession, revocations }),
        endSession,
        accounts: createAccounts({ ...options, endSession }),
        administerUsers,
        readAuditLog: createReadAuditLog(options),
        keySet: keys.publicKeySet,
        administerKeys: createAdministerKeys({ keys, store: options.signingKeyStore, ...signing }),
        trustedOrigins: new Set([new URL(options.publicUrl).origin, ...(options.trustedOrigins ?? [])]),
        limits,
      }),
  };
}

function answering(
  options: Parameters<typeof createIntrospection>[0] & { readonly log: Log },
): AnswerIntrospection {
  return createAnswerIntrospection(createIntrospection(options), options.log);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
