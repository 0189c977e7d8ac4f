import type { Clock } from '../../lib/durations.ts';
import { addressBelow } from '../../oauth/issuer-address.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { type AuthenticateClient, createAuthenticateClient } from '../clients/authenticate-client.ts';
import type { ClientStore } from '../clients/client-store.ts';
import { type Clients, createClients } from '../clients/clients.ts';
import { createIssueClientToken, type IssueClientToken } from '../clients/issue-client-token.ts';
import { createVerifyClientAssertion } from '../clients/verify-client-assertion.ts';
import type { RevocationFollowing } from '../revocation/follow-revocations.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { type ActiveMachines, createActiveMachines } from './active-machines.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';

/** What the core knows of callers that are programs. */
export interface Machines {
  readonly apiKeyStore: ApiKeyStore;
  readonly apiKeys: ApiKeys;
  readonly clientStore: ClientStore;
  readonly clients: Clients;
  readonly authenticateClient: AuthenticateClient;
  readonly issueClientToken: IssueClientToken;
  readonly activeMachines: ActiveMachines;
}

/**
 * Wires what has to do with programs as callers. What takes something from a program is answered when this process has heard of it, so that the next question here
 * finds it gone; where that takes a second, it is answered without.
 */
export function createMachines(options: {
  readonly apiKeyStore: ApiKeyStore;
  readonly clientStore: ClientStore;
  readonly accessTokens: AccessTokens;
  readonly revocations: Pick<RevocationFollowing, 'readNow'>;
  /** The issuer: what assertions of clients are addressed to. */
  readonly publicUrl: string;
  readonly audit: AuditLog;
  readonly clock: Clock;
}): Machines {
  const { apiKeyStore, clientStore, accessTokens, publicUrl, audit, clock } = options;
  const audiences = [publicUrl, addressBelow(publicUrl, '/oauth/token')];
  const verifyAssertion = createVerifyClientAssertion({ audiences, clock });
  const apiKeys = createApiKeys({ store: apiKeyStore, audit });
  const clients = createClients({ store: clientStore, audit });
  const heardOf =
    <Arguments extends unknown[], Outcome>(act: (...given: Arguments) => Promise<Outcome>) =>
    async (...given: Arguments): Promise<Outcome> => {
      const outcome = await act(...given);
      await options.revocations.readNow();
      return outcome;
    };
  return {
    apiKeyStore,
    apiKeys: { ...apiKeys, revoke: heardOf(apiKeys.revoke) },
    clientStore,
    clients: {
      ...clients,
      change: heardOf(clients.change),
      rotateSecret: heardOf(clients.rotateSecret),
      remove: heardOf(clients.remove),
    },
    authenticateClient: createAuthenticateClient({ store: clientStore, verifyAssertion, audit }),
    issueClientToken: createIssueClientToken({ store: clientStore, accessTokens, audit }),
    activeMachines: createActiveMachines(options),
  };
}
