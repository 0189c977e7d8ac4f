import type { Client, ClientChange, ClientStore } from '../../../src/core/clients/client-store.ts';
import { createId } from '../../../src/identity/ids.ts';
import type { Clock } from '../../../src/lib/durations.ts';
import type { AppendRevocation, StoredRevocations } from './memory-revocation-log.ts';
import { pageByCreation } from './page-by-creation.ts';

const NOTE_AFTER_MS = 60_000;

/** A client as it is stored. */
export interface ClientRow {
  readonly client: Client;
  readonly secretHash: Uint8Array | undefined;
}

/** Creates a store of OAuth clients in memory on a map that others may look into, at the test's clock. */
export function createMemoryClientStore(
  rows: Map<string, ClientRow>,
  clock: Clock,
  revocations: StoredRevocations,
): ClientStore {
  const { append, has: isRevoked } = revocations;
  const assertions = new Set<string>();
  const revokedAt = new Map<string, Date>();
  const revoked: AppendRevocation = (kind, id) => {
    const atMs = append(kind, id);
    revokedAt.set(id, new Date(atMs));
    return atMs;
  };

  function put(id: string, differences: (row: ClientRow) => Partial<Client>, secretHash?: Uint8Array) {
    const row = rows.get(id);
    if (row === undefined) return undefined;
    const client = { ...row.client, ...differences(row) };
    rows.set(id, { client, secretHash: secretHash ?? row.secretHash });
    if (secretHash !== undefined || takesAway(row.client, client)) revoked('client', id);
    return client;
  }

  return {
    async create(added) {
      const client: Client = {
        id: createId('client'),
        name: added.name,
        authenticationMethod: added.authenticationMethod,
        keys: 'keys' in added ? added.keys : [],
        roles: added.roles,
        scopes: added.scopes,
        audience: added.audience,
        audiences: added.audiences ?? [],
        disabledAt: undefined,
        lastUsedAt: undefined,
        createdAt: new Date(clock()),
      };
      rows.set(client.id, { client, secretHash: 'secretHash' in added ? added.secretHash : undefined });
      return client;
    },
    findById: async (id) => rows.get(id)?.client,
    async findActiveById(id, tokenId) {
      const client = rows.get(id)?.client;
      return client?.disabledAt === undefined && !isRevoked(tokenId) ? client : undefined;
    },
    async findCredentials(id) {
      const [row, at] = [rows.get(id), revokedAt.get(id)];
      return row && { ...row, client: { ...row.client, ...(at && { revokedAt: at }) } };
    },
    async list({ after, limit }) {
      const all = [...rows.values()].map(({ client }) => client);
      const { page, next } = pageByCreation(all, after, limit);
      return { clients: page, next };
    },
    async change(id, { disabled, audience, ...change }: ClientChange) {
      const secretOwner = rows.get(id)?.secretHash !== undefined;
      if (change.keys !== undefined && secretOwner)
        throw new Error('a client has a secret or keys, not both');
      return put(id, ({ client }) => ({
        ...change,
        ...(audience !== undefined && { audience: audience ?? undefined }),
        ...(disabled !== undefined && {
          disabledAt: disabled ? (client.disabledAt ?? new Date(clock())) : undefined,
        }),
      }));
    },
    rotateSecret: async (id, hash) =>
      rows.get(id)?.secretHash === undefined ? undefined : put(id, () => ({}), hash),
    async remove(id) {
      if (!rows.delete(id)) return 'not_found';
      revoked('client', id);
      return 'removed';
    },
    async noteUse(id) {
      put(id, ({ client: { lastUsedAt } }) => {
        const isFresh = lastUsedAt !== undefined && clock() - lastUsedAt.getTime() < NOTE_AFTER_MS;
        return isFresh ? {} : { lastUsedAt: new Date(clock()) };
      });
    },
    async useAssertion({ clientId, jtiHash }) {
      const used = `${clientId} ${jtiHash.toHex()}`;
      if (!rows.has(clientId) || assertions.has(used)) return 'spent';
      assertions.add(used);
      return 'used';
    },
  };
}

/** Whether tokens from before the change say too much, or were got with keys that are gone. */
function takesAway(before: Client, after: Client): boolean {
  const isNarrower = (member: 'roles' | 'scopes' | 'audiences') =>
    before[member].some((each) => !after[member].includes(each));
  return (
    (before.disabledAt === undefined && after.disabledAt !== undefined) ||
    JSON.stringify(before.keys) !== JSON.stringify(after.keys) ||
    isNarrower('roles') ||
    isNarrower('scopes') ||
    isNarrower('audiences')
  );
}
