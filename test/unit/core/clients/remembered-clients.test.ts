import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthenticateClient } from '../../../../src/core/clients/authenticate-client.ts';
import type { Client } from '../../../../src/core/clients/client-store.ts';
import {
  type AuthenticateRememberedClient,
  createRememberedClients,
} from '../../../../src/core/clients/remembered-clients.ts';
import { ok, refused } from '../../../../src/lib/result.ts';

type Answer = Awaited<ReturnType<AuthenticateClient>>;
type Credential = Parameters<AuthenticateClient>[0];

const CLIENT = { id: 'cli_1' } as Client;
const GOOD: Answer = ok(CLIENT);
const DISABLED: Answer = refused('client_disabled');
const CREDENTIAL = { method: 'client_secret_basic', clientId: 'cli_1', secret: 's' } as const;
const REQUEST = { requestId: 'req-1', clientAddress: undefined };

let now: number;
let looks: PromiseWithResolvers<Answer>[];
let authenticate: AuthenticateRememberedClient;
const come = (differences: Partial<Extract<Credential, { secret: string }>> = {}) =>
  authenticate({ ...CREDENTIAL, ...differences }, REQUEST);

beforeEach(() => {
  now = 0;
  looks = [];
  authenticate = createRememberedClients({
    authenticateClient() {
      const look = Promise.withResolvers<Answer>();
      looks.push(look);
      return look.promise;
    },
    fingerprint: (text) => text,
    clock: () => now,
  });
});

describe('createRememberedClients', () => {
  it('looks once for all who come within a second, and answers at once then', async () => {
    const first = come();
    now = 999;
    const second = come();
    looks[0]?.resolve(GOOD);
    expect([await first, await second, come(), looks.length]).toEqual([GOOD, GOOD, GOOD, 1]);
    now = 1000;
    void come();
    expect(looks).toHaveLength(2);
  });

  it('looks again for who comes while a look takes longer than a second, whose answer is older', async () => {
    const first = come();
    now = 1000;
    const later = come();
    expect(looks).toHaveLength(2);
    looks[1]?.resolve(DISABLED);
    looks[0]?.resolve(GOOD);
    expect([await first, await later]).toEqual([GOOD, DISABLED]);
    void come();
    expect(looks).toHaveLength(3);
  });

  it('looks again after the clock was set back', async () => {
    now = 5000;
    const first = come();
    looks[0]?.resolve(GOOD);
    await first;
    now = 3000;
    void come();
    expect(looks).toHaveLength(2);
  });

  it('shares no answer between credentials, however they are cut', () => {
    void come();
    void come({ clientId: 'cli_1s', secret: '' });
    void come({ method: 'client_secret_post' });
    expect(looks).toHaveLength(3);
  });
});
