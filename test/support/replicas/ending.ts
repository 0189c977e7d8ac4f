import { setTimeout as pause } from 'node:timers/promises';
import type { Asked, Asker } from './asking.ts';
import { isServed } from './faults.ts';
import type { MintedSession } from './minted-sessions.ts';
import type { Replica } from './replica.ts';

/** The path of the edge that is asked, which any user may read. */
export const PATH = '/records/x';
/** The same, on a route that is `live`. */
export const LIVE_PATH = '/live/x';
const PACE_MS = 5;

/** How a session ended, as gateways let its token through or not. */
export interface Ending {
  readonly session: MintedSession;
  /** When a core was asked to end it, and when it had said that it did. */
  readonly begunMs: number;
  readonly endedMs: number;
  /** By gateway: how long after that the last request was sent that was let through; 0 where none was. */
  readonly lagMs: ReadonlyMap<string, number>;
  /** All that was asked with its token before it ended, and afterwards. */
  readonly asked: readonly Asked[];
}

/** Where a session is ended, and where its token is watched. */
export interface EndingPlaces {
  readonly asker: Asker;
  /** The first of them that answers ends it. */
  readonly cores: readonly Pick<Replica, 'name' | 'origin'>[];
  readonly gateways: readonly Pick<Replica, 'name' | 'origin'>[];
  /** Between two requests of one token at one gateway: what the figures are exact to. Default 5 ms. */
  readonly paceMs?: number;
  readonly path?: string;
}

/** Ends a session while its token is used at every gateway over and over, until each has refused it. Throws where one does not within `patienceMs`. */
export async function endSession(
  session: MintedSession,
  places: EndingPlaces,
  patienceMs = 60_000,
): Promise<Ending> {
  const { paceMs = PACE_MS, path = PATH } = places;
  const asked: Asked[] = [];
  const untilMs = performance.now() + patienceMs;
  const begunMs = performance.now();
  let endedMs = Number.POSITIVE_INFINITY;
  const lagMs = new Map<string, number>();
  const watched = Promise.all(places.gateways.map((gateway) => watch(gateway)));

  async function watch(gateway: Pick<Replica, 'name' | 'origin'>): Promise<void> {
    let servedMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const answer = await places.asker.ask({ place: gateway, path, token: session.token });
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

  endedMs = await end(session, places, untilMs);
  await watched;
  return { session, begunMs, endedMs, lagMs, asked };
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
      endings.push(await endSession(session, places));
      if (isEnough()) return;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return endings;
}

/** Answers with when the end was said. */
async function end(
  { token }: MintedSession,
  { asker, cores }: EndingPlaces,
  untilMs: number,
): Promise<number> {
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
