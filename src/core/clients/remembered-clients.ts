import type { Clock } from '../../lib/durations.ts';
import type { Fingerprint } from '../../lib/fingerprint.ts';
import { createRecentMemory } from '../../lib/recent-memory.ts';
import { ok } from '../../lib/result.ts';
import type { Soon } from '../../lib/soon.ts';
import type { AuthenticateClient } from './authenticate-client.ts';
import type { Client } from './client-store.ts';

/** Like `AuthenticateClient`, and answers at once where what is remembered suffices. */
export type AuthenticateRememberedClient = (
  ...asked: Parameters<AuthenticateClient>
) => Soon<Awaited<ReturnType<AuthenticateClient>>>;

/** A secret that was good. Times are milliseconds. */
interface Remembered {
  readonly client: Client;
  readonly askedAt: number;
}

/** A look that is under way. */
interface Flight {
  readonly answer: ReturnType<AuthenticateClient>;
  readonly askedAt: number;
}

const REMEMBER_MS = 1000;
const REMEMBERED_MAX = 1000;

/**
 * Makes an authentication of clients that uses a good secret's answer for a second from the moment of asking, so that a service that asks for each of its requests costs
 * one look a second; a client that is disabled or changed is out within that second. Does NOT remember refusals, which are recorded each, nor assertions, which
 * are good once; keeps no secret, only its fingerprint.
 */
export function createRememberedClients(options: {
  readonly authenticateClient: AuthenticateClient;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
}): AuthenticateRememberedClient {
  const { authenticateClient, fingerprint, clock } = options;
  const remembered = createRecentMemory<Remembered>(REMEMBERED_MAX);

  /** What is on its way, by the same names: many who come at once with one good secret cost one look. Of one that takes long the answer is older than who comes then. */
  const flights = new Map<string, Flight>();
  const isRecent = ({ askedAt }: Pick<Flight, 'askedAt'>) => Math.abs(clock() - askedAt) < REMEMBER_MS;

  async function ask(
    name: string,
    credential: Parameters<AuthenticateClient>[0],
    request: Parameters<AuthenticateClient>[1],
  ): ReturnType<AuthenticateClient> {
    const flight: Flight = { askedAt: clock(), answer: authenticateClient(credential, request) };
    flights.set(name, flight);
    try {
      const client = await flight.answer;
      if (client.ok) remembered.set(name, { client: client.value, askedAt: flight.askedAt });
      return client;
    } finally {
      if (flights.get(name) === flight) flights.delete(name);
    }
  }

  async function join(
    name: string,
    flight: Flight,
    ...asked: Parameters<AuthenticateClient>
  ): ReturnType<AuthenticateClient> {
    const shared = await flight.answer;
    // Each refusal is recorded with its own request.
    return shared.ok ? shared : ask(name, ...asked);
  }

  return (credential, request) => {
    if (credential.method === 'private_key_jwt') return authenticateClient(credential, request);
    const { method, clientId, secret } = credential;
    // With a length, so that no two credentials are written alike.
    const name = fingerprint(`${method} ${clientId.length} ${clientId}${secret}`);
    const known = remembered.get(name);
    if (known !== undefined && isRecent(known)) return ok(known.client);
    const flight = flights.get(name);
    const isShared = flight !== undefined && isRecent(flight);
    return isShared ? join(name, flight, credential, request) : ask(name, credential, request);
  };
}
