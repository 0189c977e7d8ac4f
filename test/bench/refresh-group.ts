import { createPostgresSessionStore } from '../../src/adapters/postgres/session-store-postgres.ts';
import { SESSION_LIMITS } from '../support/core/session-limits.ts';
import type { Group } from './groups.ts';
import type { BenchCore, IssuanceScene } from './issuance-scene.ts';
import { type Contender, countWork } from './rounds.ts';

// More than the ten connections of a pool, so that none of them is ever idle.
const WORKERS = 32;
const BARE = 'bare UPDATE';
const ROTATION = 'Wardgate, rotation alone';
const TARGET = 0.7;

/**
 * Refreshes on Postgres: the rotation alone, and with all that the core does besides: it reads the request, authenticates the token, and signs
 * the next ones.
 */
export async function refreshGroup(scene: IssuanceScene): Promise<Group> {
  const name = 'refresh on Postgres';
  const contenders: Contender[] = [];
  for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
    const core = await scene.startCore(algorithm);
    contenders.push({ name: `Wardgate, whole (${algorithm})`, work: await refreshes(core) });
    if (algorithm !== 'RS256') continue;
    contenders.push({ name: ROTATION, work: await rotations(core) });
    contenders.push({ name: BARE, work: await bareUpdates(core) });
  }
  const compare = (what: string, ours: string) => ({
    name: `refresh, ${what}`,
    ours,
    baseline: BARE,
    target: TARGET,
  });
  return {
    name,
    contenders,
    comparisons: [
      compare('rotation alone', ROTATION),
      compare('whole (RS256)', 'Wardgate, whole (RS256)'),
      compare('whole (ES256)', 'Wardgate, whole (ES256)'),
      compare('whole (EdDSA)', 'Wardgate, whole (EdDSA)'),
    ],
  };
}

/** Each worker has a session of its own, whose tokens it exchanges one after the other. */
async function refreshes({ logIn, post }: BenchCore): Promise<(seconds: number) => Promise<number>> {
  const tokens = (await logIn(WORKERS)).map(({ refreshToken }) => refreshToken);
  return countWork(WORKERS, async (worker) => {
    const answer = await post('/v1/auth/tokens/refresh', { refreshToken: tokens[worker] });
    tokens[worker] = String(answer.refreshToken);
  });
}

async function rotations({ database, logIn }: BenchCore): Promise<(seconds: number) => Promise<number>> {
  const { rotateRefreshToken } = createPostgresSessionStore(database);
  return countRotations(await logIn(WORKERS), async (sessionId, counter) => {
    const rotation = await rotateRefreshToken({
      sessionId,
      clientId: undefined,
      counter,
      idle: SESSION_LIMITS,
    });
    return rotation.kind === 'rotated';
  });
}

/** What a refresh asks of Postgres, and no more: the same columns written and read back, by the same driver from the same pool. */
async function bareUpdates({ database, logIn }: BenchCore): Promise<(seconds: number) => Promise<number>> {
  const { sql } = database;
  return countRotations(await logIn(WORKERS), async (sessionId, counter) => {
    const rows = await sql`
      update sessions set refresh_counter = refresh_counter + 1, refresh_rotated_at = now(), refresh_grace_uses = 0, last_seen_at = now()
      from users
      where sessions.id = ${sessionId} and users.id = sessions.user_id and users.disabled_at is null
        and state = 'active' and expires_at > now() and refresh_counter = ${counter}
      returning sessions.*, users.*`;
    return rows.length === 1;
  });
}

function countRotations(
  sessions: Awaited<ReturnType<BenchCore['logIn']>>,
  rotate: (sessionId: string, counter: number) => Promise<boolean>,
): (seconds: number) => Promise<number> {
  const counters = sessions.map(() => 0);
  return countWork(WORKERS, async (worker) => {
    const counter = counters[worker] ?? 0;
    if (!(await rotate(sessions[worker]?.id ?? '', counter))) throw new Error('a session was not rotated');
    counters[worker] = counter + 1;
  });
}
