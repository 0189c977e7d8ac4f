import { actingClients } from '../../identity/acting-clients.ts';
import { knownRevocation, knownRevocations } from '../../identity/known-revocations.ts';
import { CORE_ISSUER_ID, type Principal } from '../../identity/principal.ts';
import { REVOCATION_MARGIN_SECONDS, type RevocableKind, type Revocation } from '../../identity/revocation.ts';
import type { Clock } from '../../lib/durations.ts';
import { createAgedIdTable } from './aged-id-table.ts';
import { createIdTable, type IdTable } from './id-table.ts';

/** What is known in memory to be revoked. No I/O. */
export interface RevocationIndex {
  /** Whether a principal of our own core stands on something that was revoked. Principals of other issuers are not looked up. */
  isRevoked(principal: Principal): boolean;
}

/** The index as the one who keeps it sees it. */
export interface KeptRevocationIndex extends RevocationIndex {
  /** Signing keys that were revoked, by their `kid`. */
  readonly withdrawnKeys: ReadonlySet<string>;
  /** Refuses from now on what stands on this. */
  add(revocation: Revocation): void;
  /** Forgets some of what nothing can stand on any more; to be called about once a second. */
  forgetSome(): void;
  /** How many entries there are, with those that are soon forgotten. */
  size(): number;
}

/**
 * Creates the index. Sessions, API keys, signing keys and single tokens are refused outright, users and clients with what was issued to them until they were revoked. Bounded by
 * time: an entry goes `rememberSeconds` after it was told (of users and clients: twice that at most), when nothing that it lists can still be good; signing keys stay. A
 * million entries take about 43 MB. Time is what has passed, and no clock that may be set: one that is set ahead would bring back what was revoked.
 */
export function createRevocationIndex(options: {
  /** Milliseconds that only grow; differences are durations. */
  readonly elapsed: Clock;
  readonly rememberSeconds: number;
}): KeptRevocationIndex {
  const { elapsed, rememberSeconds } = options;
  const nowSeconds = () => Math.floor(elapsed() / 1000);
  const createTable = () => createIdTable(() => nowSeconds() - rememberSeconds);
  const tables: Tables = {
    session: createTable(),
    user: createAgedIdTable(nowSeconds, rememberSeconds),
    client: createAgedIdTable(nowSeconds, rememberSeconds),
    api_key: createTable(),
    token: createTable(),
  };
  const all = Object.values<IdTable>(tables);
  // Never forgotten, and few: whoever has a key signs tokens of any age.
  const keys = new Set<string>();

  return {
    withdrawnKeys: keys,
    isRevoked(principal) {
      const { issuerId, keyId } = principal;
      if (issuerId !== CORE_ISSUER_ID) return false;
      return (keyId !== undefined && keys.has(keyId)) || isRevokedIn(tables, principal);
    },
    add({ kind, id, revokedAtMs }) {
      switch (kind) {
        case 'user':
        case 'client':
          return tables[kind].set(id, Math.floor(revokedAtMs / 1000));
        case 'session':
        case 'api_key':
        case 'token':
          // The time of hearing, so that nobody forgets too early what was told late.
          return tables[kind].set(id, nowSeconds());
        case 'key':
          keys.add(id);
      }
    },
    forgetSome() {
      for (const table of all) table.forgetSome();
    },
    size: () => all.reduce((sum, table) => sum + table.size(), 0),
  };
}

/** A table for each kind of ids that a principal tells of. */
type Tables = Readonly<Record<Exclude<RevocableKind, 'key'>, IdTable>>;

function isRevokedIn(tables: Tables, principal: Principal): boolean {
  const { kind, subject, tokenId } = principal;
  if (tokenId !== undefined && tables.token.get(tokenId) !== 0) return true;
  switch (kind) {
    case 'api_key':
      return tables.api_key.get(subject) !== 0;
    case 'client':
      return wasRevokedSince(tables.client, subject, principal);
    case 'user':
      return isUserRevoked(tables, principal) || isRevokedThroughClient(tables, principal);
  }
}

function isUserRevoked(tables: Tables, principal: Principal): boolean {
  const { sessionId, subject } = principal;
  if (sessionId !== undefined && tables.session.get(sessionId) !== 0) return true;
  return wasRevokedSince(tables.user, subject, principal);
}

/**
 * A user's token may have been issued to a client, and have come through others. Its own `iat` is what the revocation of each is compared with: it is later than those of the tokens before it, and no
 * exchange makes a newer one of a token whose clients were revoked since.
 */
function isRevokedThroughClient(tables: Tables, principal: Principal): boolean {
  if (tables.client.size() === 0) return false;
  return actingClients(principal).some((id) => wasRevokedSince(tables.client, id, principal));
}

/** Whether something was revoked at all (else it is 0), and not before that was issued; what has no time of issue was looked up just now. */
function wasRevokedSince(table: IdTable, id: string, { issuedAt, claims }: Principal): boolean {
  const revokedAt = table.get(id);
  if (revokedAt === 0 || issuedAt === undefined) return false;
  const known = knownRevocation(knownRevocations(claims), id);
  return known === undefined ? issuedAt - REVOCATION_MARGIN_SECONDS <= revokedAt : revokedAt > known;
}
