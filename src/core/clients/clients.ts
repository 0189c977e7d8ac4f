import { createClientSecret } from '../../identity/client-secret.ts';
import { isId } from '../../identity/ids.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { AuditEvent, AuditLog, AuditOrigin } from '../audit/audit-log.ts';
import { hashMachineSecret } from '../machines/hash-machine-secret.ts';
import { type MachineGrants, machineGrants } from '../machines/machine-grants.ts';
import { areClientKeys } from './client-keys.ts';
import type { Client, ClientAudiences, ClientChange, ClientKey, ClientStore } from './client-store.ts';

/** What a client is to be. */
export type WantedClient = MachineGrants &
  ClientAudiences & { readonly name: string } & (
    | { readonly authenticationMethod: 'client_secret_basic' | 'client_secret_post' }
    | { readonly authenticationMethod: 'private_key_jwt'; readonly keys: readonly ClientKey[] }
  );

/** A client that was just made, with its secret, where it has one: the only time that it is there to be read. */
export interface CreatedClient {
  readonly client: Client;
  readonly secret: string | undefined;
}

/** Why a client was not made or changed as it was asked for. `method_mismatch`: it authenticates in another way. */
export type ClientFault = 'role_not_allowed' | 'keys_unacceptable' | 'method_mismatch' | 'not_found';

/** Administers OAuth clients. Throws UnavailableError ('database') when the store could not tell. */
export interface Clients {
  create(
    wanted: WantedClient,
    by: AuditOrigin,
  ): Promise<Result<CreatedClient, 'role_not_allowed' | 'keys_unacceptable'>>;
  /** Changes what is named. A client that is disabled gets no token from then on. */
  change(id: string, change: ClientChange, by: AuditOrigin): Promise<Result<Client, ClientFault>>;
  /** Makes a new secret; the old one is dead at once. */
  rotateSecret(
    id: string,
    by: AuditOrigin,
  ): Promise<Result<{ readonly client: Client; readonly secret: string }, 'not_found' | 'method_mismatch'>>;
  /** Removes a client for good, and what was issued to it. Does NOT end its tokens where a service judges them by their signature alone. */
  remove(id: string, by: AuditOrigin): Promise<'removed' | 'not_found'>;
}

type Happening = Pick<AuditEvent, 'type' | 'outcome' | 'reason' | 'details'> & { readonly id?: string };

/** Creates the administration of OAuth clients on a store; every act goes to the audit log. How a client authenticates never changes. */
export function createClients(options: { readonly store: ClientStore; readonly audit: AuditLog }): Clients {
  const { store } = options;
  const { record, missing } = createRecords(options.audit);

  return {
    async create(wanted, by) {
      const granted = await checkWanted(wanted);
      if (!granted.ok) {
        record({ type: 'client.created', outcome: 'refused', reason: granted.reason }, by);
        return granted;
      }
      const facts = { name: wanted.name, ...granted.value, ...audiencesOf(wanted) };
      const { client, secret } = await createWith(store, wanted, facts);
      const { authenticationMethod: method, id } = client;
      const { name: _, ...details } = { ...facts, method };
      record({ type: 'client.created', outcome: 'success', id, details }, by);
      return ok({ client, secret });
    },
    async change(id, change, by) {
      const known = await store.findById(id);
      if (known === undefined) return missing('client.updated', id, by);
      const checked = await checkChange(change, known);
      const client = checked.ok ? await store.change(id, checked.value) : undefined;
      if (!checked.ok) {
        record({ type: 'client.updated', outcome: 'refused', reason: checked.reason, id }, by);
        return checked;
      }
      if (client === undefined) return missing('client.updated', id, by);
      record({ type: 'client.updated', outcome: 'success', id, details: detailsOf(checked.value) }, by);
      return ok(client);
    },
    async rotateSecret(id, by) {
      const secret = createClientSecret();
      const client = await store.rotateSecret(id, await hashMachineSecret(secret));
      if (client === undefined) {
        const reason = (await store.findById(id)) === undefined ? 'not_found' : 'method_mismatch';
        record({ type: 'client.secret_rotated', outcome: 'refused', reason, id }, by);
        return refused(reason);
      }
      record({ type: 'client.secret_rotated', outcome: 'success', id }, by);
      return ok({ client, secret });
    },
    async remove(id, by) {
      const outcome = await store.remove(id);
      if (outcome === 'removed') record({ type: 'client.deleted', outcome: 'success', id }, by);
      else missing('client.deleted', id, by);
      return outcome;
    },
  };
}

/** What writes acts on clients to the audit log. */
function createRecords(audit: AuditLog) {
  const record = ({ id, ...event }: Happening, by: AuditOrigin) =>
    audit.record({
      ...event,
      // What is no id of ours may be anything that somebody typed.
      ...(id !== undefined && isId('client', id) && { target: { kind: 'client' as const, id } }),
      ...by,
    });
  const missing = (type: AuditEvent['type'], id: string, by: AuditOrigin) => {
    record({ type, outcome: 'refused', reason: 'not_found', id }, by);
    return refused('not_found' as const);
  };
  return { record, missing };
}

async function createWith(
  store: ClientStore,
  wanted: WantedClient,
  facts: MachineGrants & ClientAudiences & { readonly name: string },
): Promise<CreatedClient> {
  if (wanted.authenticationMethod === 'private_key_jwt') {
    const { authenticationMethod, keys } = wanted;
    return { client: await store.create({ ...facts, authenticationMethod, keys }), secret: undefined };
  }
  const { authenticationMethod } = wanted;
  const secret = createClientSecret();
  const secretHash = await hashMachineSecret(secret);
  return { client: await store.create({ ...facts, authenticationMethod, secretHash }), secret };
}

async function checkWanted(
  wanted: WantedClient,
): Promise<Result<MachineGrants, 'role_not_allowed' | 'keys_unacceptable'>> {
  const granted = machineGrants(wanted);
  const isGood = !('keys' in wanted) || (await areClientKeys(wanted.keys));
  return isGood ? granted : refused('keys_unacceptable');
}

/** Checks a change against the client, and brings what it grants into order. */
async function checkChange(
  change: ClientChange,
  { authenticationMethod }: Client,
): Promise<Result<ClientChange, ClientFault>> {
  const { keys, roles, scopes, audiences } = change;
  if (keys !== undefined && authenticationMethod !== 'private_key_jwt') return refused('method_mismatch');
  if (keys !== undefined && !(await areClientKeys(keys))) return refused('keys_unacceptable');
  const granted = machineGrants({ roles: roles ?? [], scopes: scopes ?? [] });
  if (!granted.ok) return granted;
  return ok({
    ...change,
    ...(roles !== undefined && { roles: granted.value.roles }),
    ...(scopes !== undefined && { scopes: granted.value.scopes }),
    ...(audiences !== undefined && audiencesOf({ audiences })),
  });
}

/** The audiences that are named, sorted and each once. */
function audiencesOf({ audience, audiences }: ClientAudiences): ClientAudiences {
  return {
    ...(audience !== undefined && { audience }),
    ...(audiences !== undefined && { audiences: [...new Set(audiences)].sort() }),
  };
}

function detailsOf(change: ClientChange): AuditEvent['details'] & object {
  const { name: _, keys: __, audience, ...told } = change;
  return {
    changed: Object.keys(change).sort(),
    ...told,
    ...(audience !== undefined && { audience: audience ?? '' }),
  };
}
