import { setTimeout as pause } from 'node:timers/promises';
import type { Asked, Asker, Credential } from './asking.ts';
import { isServed } from './faults.ts';
import type { MintedSession } from './minted-sessions.ts';
import type { Replica } from './replica.ts';

/** The path of the edge that is asked, which any user may read. */
export const PATH = '/records/x';
/** The same, on a route that is `live`. */
export const LIVE_PATH = '/live/x';
const PACE_MS = 5;
const PATIENCE_MS = 60_000;

/** How a credential came to its end, as gateways let it through or not. */
export interface Ending {
  readonly credential: Credential;
  /** When a core was asked to end what it stands on, and when it had said that it did. */
  readonly begunMs: number;
  readonly endedMs: number;
  /** By gateway: how long after that the last request was sent that was let through; 0 where none was. */
  readonly lagMs: ReadonlyMap<string, number>;
  /** All that was asked with it before its end, and afterwards. */
  readonly asked: readonly Asked[];
}

/** Where sessions are ended, and where credentials are watched. */
export interface EndingPlaces {
  readonly asker: Asker;
  /** The first of them that answers ends it. */
  readonly cores: readonly Pick<Replica, 'name' | 'origin'>[];
  readonly gateways: readonly Pick<Replica, 'name' | 'origin'>[];
  /** Between two requests of one token at one gateway: what the figures are exact to. Default 5 ms. */
  readonly paceMs?: number;
  readonly path?: string;
}

/**
 * Takes access away by `end`, which answers with when a core had said so, while the credential is used at every gateway over and over, until each has refused
 * it. Throws where one does not within a minute.
 */
export async function watchEnding(
  credential: Credential,
  places: Omit<EndingPlaces, 'cores'>,
  end: () => Promise<number>,
): Promise<Ending> {
  const { paceMs = PACE_MS, path = PATH } = places;
  const asked: Asked[] = [];
  const untilMs = performance.now() + PATIENCE_MS;
  const begunMs = performance.now();
  let endedMs = Number.POSITIVE_INFINITY;
  const lagMs = new Map<string, number>();
  const watched = Promise.all(places.gateways.map((gateway) => watch(gateway)));

  async function watch(gateway: Pick<Replica, 'name' | 'origin'>): Promise<void> {
    let servedMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const answer = await places.asker.ask({ place: gateway, path, ...credential });
      asked.push(answer);
      if (isServed(answer)) servedMs = answer.sentMs;
      // A refusal may be that of a request which the end overtook; nothing is refused before.
      if (answer.status === 401) break;
      if (performance.now() > untilMs) throw new Error(`${gateway.name} does not refuse what has ended`);
      await pause(paceMs);
    }
    while (!Number.isFinite(endedMs)) await pause(paceMs);
    lagMs.set(gateway.name, Math.max(0, servedMs - endedMs));
  }

  // Should the end fail, that is told, and not what the gateways answer for lack of it.
  watched.catch(() => {});
  endedMs = await end();
  await watched;
  return { credential, begunMs, endedMs, lagMs, asked };
}

/** Ends sessions, so many at a time, until there are no more or it is enough. */
export async function endSessions(
  sessions: readonly MintedSession[],
  places: EndingPlaces,
  {
    atOnce = 4,
    isEnough = () => false,
  }: { readonly atOnce?: number; readonly isEnough?: () => boolean } = {},
): Promise<readonly Ending[]> {
  const left = sessions.values();
  const endings: Ending[] = [];
  async function work(): Promise<void> {
    for (const session of left) {
      endings.push(await watchEnding(session, places, () => endSession(session, places)));
      if (isEnough()) return;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return endings;
}

async function endSession({ token }: MintedSession, { asker, cores }: EndingPlaces): Promise<number> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let attempt = 0; performance.now() < untilMs; attempt += 1) {
    const place = cores[attempt % cores.length];
    if (place === undefined) break;
    const answer = await asker.ask({ place, path: '/v1/auth/sessions/current/revoke', token, body: {} });
    // Where the answer to an earlier attempt was lost, the session has ended already.
    if (answer.status === 204 || (attempt > 0 && answer.status === 401)) return answer.doneMs;
    if (answer.status !== undefined && answer.status !== 503)
      throw new Error(`${place.name} answered the end of a session with ${answer.status} ${answer.body}`);
    await pause(20);
  }
  throw new Error('no core ended the session');
}
