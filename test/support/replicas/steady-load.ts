import { setTimeout as pause } from 'node:timers/promises';
import type { Asked, Asker } from './asking.ts';
import { PATH } from './ending.ts';
import type { Replica } from './replica.ts';

/** Users who use every gateway at a steady pace and refresh their tokens meanwhile. */
export interface SteadyLoad {
  /** Every request so far, in the order of the answers. */
  readonly asked: readonly Asked[];
  /** Answers when all that was sent has been answered. */
  stop(): Promise<void>;
}

/** What loads are made of. */
export interface SteadyLoadOptions {
  readonly asker: Asker;
  readonly cores: readonly Replica[];
  readonly gateways: readonly Replica[];
  readonly logIns: readonly LoggedIn[];
  readonly perSecond?: number;
}

/** A user's tokens. */
export interface LoggedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const PER_SECOND = 60;
const REFRESH_MS = 2_000;
// After a core could not be asked: the answer may be lost, and the same token is good again.
const RETRY_MS = 200;

/** Begins a load. Its pace does NOT slow down with the answers. */
export function beginSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const { asker, cores, gateways, perSecond = PER_SECOND } = options;
  const asked: Asked[] = [];
  const users = options.logIns.map((tokens) => ({ ...tokens }));
  const leaving = new AbortController();
  const idle = (ms: number) => pause(ms, undefined, { signal: leaving.signal }).catch(() => undefined);

  async function use(): Promise<void> {
    const under = new Set<Promise<unknown>>();
    const beganMs = performance.now();
    for (let count = 0; !leaving.signal.aborted; count += 1) {
      const [user, place] = [users[count % users.length], gateways[count % gateways.length]];
      if (user === undefined || place === undefined) throw new Error('a load needs users and gateways');
      const question = asker.ask({ place, path: PATH, token: user.accessToken }).then((answer) => {
        asked.push(answer);
        under.delete(question);
      });
      under.add(question);
      const dueMs = beganMs + ((count + 1) * 1000) / perSecond;
      await idle(Math.max(0, dueMs - performance.now()));
    }
    await Promise.all(under);
  }

  async function refresh(user: { accessToken: string; refreshToken: string }, first: number): Promise<void> {
    for (let count = first; !leaving.signal.aborted; count += 1) {
      const place = cores[count % cores.length];
      if (place === undefined) throw new Error('a load needs cores');
      const body = { refreshToken: user.refreshToken };
      const answer = await asker.ask({ place, path: '/v1/auth/tokens/refresh', body });
      asked.push(answer);
      const isRefreshed = answer.status === 200 && answer.failure === undefined;
      if (isRefreshed) Object.assign(user, JSON.parse(answer.body));
      await idle(isRefreshed ? REFRESH_MS : RETRY_MS);
    }
  }

  const running = Promise.all([use(), ...users.map(refresh)]);
  return {
    asked,
    async stop() {
      leaving.abort();
      await running;
    },
  };
}
