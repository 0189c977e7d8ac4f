import { equalSecrets } from '../../lib/equal-secrets.ts';
import { ok, type Result, refused } from '../../lib/result.ts';
import type { ClientCredential } from '../../oauth/client-credential.ts';
import type { AuditLog, AuditRequest } from '../audit/audit-log.ts';
import { hashMachineSecret } from '../machines/hash-machine-secret.ts';
import type { Client, ClientCredentials, ClientStore } from './client-store.ts';
import type { AssertionFault, VerifyClientAssertion } from './verify-client-assertion.ts';

/** Why a client is not who it says, for the log; whoever asked is told nothing of it. */
export type ClientRefusal =
  | 'client_unknown'
  | 'client_disabled'
  | 'method_mismatch'
  | 'secret_wrong'
  | AssertionFault
  | 'assertion_replayed';

/**
 * Finds the client that a credential proves. All refusals are to look alike, and take alike: an unknown client's credential is verified against what is
 * nobody's. Throws UnavailableError ('database') when the store could not tell.
 */
export type AuthenticateClient = (
  credential: ClientCredential,
  request: AuditRequest,
) => Promise<Result<Client, ClientRefusal>>;

/** No text is known that has it. */
const NOBODYS_HASH = new Uint8Array(32);
// The store's clock may be ahead of ours.
const CLOCKS_APART_MS = 60_000;

/**
 * Creates the authentication of OAuth clients. A client with a secret may send it at either place: libraries differ in which they try first, and the
 * secret proves the same in both. Refusals go to the audit log.
 */
export function createAuthenticateClient(options: {
  readonly store: ClientStore;
  readonly verifyAssertion: VerifyClientAssertion;
  readonly audit: AuditLog;
}): AuthenticateClient {
  const { store, verifyAssertion, audit } = options;

  async function prove(
    credential: ClientCredential,
    found: ClientCredentials | undefined,
  ): Promise<Result<Client, ClientRefusal>> {
    if (credential.method !== 'private_key_jwt') {
      const presented = await hashMachineSecret(credential.secret);
      const known = found?.secretHash ?? NOBODYS_HASH;
      const isRight = await equalSecrets(presented.toHex(), known.toHex());
      return standing(credential, found, isRight ? undefined : 'secret_wrong');
    }
    const { assertion, clientId } = credential;
    const holding = await verifyAssertion(assertion, clientId, found?.client.keys);
    if (!holding.ok) return standing(credential, found, holding.reason);
    const client = standing(credential, found);
    if (!client.ok) return client;
    const { jti, refusedFrom } = holding.value;
    const jtiHash = await hashMachineSecret(jti);
    const expiresAt = new Date(refusedFrom.getTime() + CLOCKS_APART_MS);
    const outcome = await store.useAssertion({ clientId, jtiHash, expiresAt });
    return outcome === 'used' ? client : refused('assertion_replayed');
  }

  return async (credential, request) => {
    const found = await store.findCredentials(credential.clientId);
    const client = await prove(credential, found);
    if (!client.ok)
      audit.record({
        type: 'client.authenticated',
        outcome: 'refused',
        reason: client.reason,
        actor: { kind: 'anonymous' },
        // What is no client of ours is a stranger's text.
        ...(found && { target: { kind: 'client', id: found.client.id } }),
        request,
      });
    return client;
  };
}

function standing(
  { method }: ClientCredential,
  found: ClientCredentials | undefined,
  fault?: ClientRefusal,
): Result<Client, ClientRefusal> {
  if (found === undefined) return refused('client_unknown');
  const { client } = found;
  const signs = client.authenticationMethod === 'private_key_jwt';
  if (signs !== (method === 'private_key_jwt')) return refused('method_mismatch');
  if (fault !== undefined) return refused(fault);
  return client.disabledAt === undefined ? ok(client) : refused('client_disabled');
}
