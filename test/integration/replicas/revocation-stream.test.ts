import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { parseEnvironment } from '../../../src/config/environment.ts';
import { parsePolicyFile } from '../../../src/config/policy-file.ts';
import { type RunningWardgate, startWardgate } from '../../../src/entry/start-wardgate.ts';
import { createId } from '../../../src/identity/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { createEventReader } from '../../support/revocations/revocation-events.ts';
import { rawRequest } from '../../support/wire/raw-http.ts';

const PUBLIC_URL = 'http://127.0.0.1';
const CLIENT = { id: 'edge', secret: 'a-client-secret-of-32-bytes-0000' };
const AUTHORIZATION = `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}`;
const POLICY = `
version: 1
issuers: [{ id: wardgate, audience: clinic }]
upstreams: { service: { url: "http://127.0.0.1:9" } }
routes: [{ id: all, path: /all, upstream: service, access: public }]
`;

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

/** Starts a core as a process of the role does. */
async function startCore(): Promise<RunningWardgate> {
  const environment = parseEnvironment({
    NODE_ENV: 'test',
    WARDGATE_ROLE: 'core',
    HOST: '127.0.0.1',
    PORT: '0',
    WARDGATE_PUBLIC_URL: PUBLIC_URL,
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    WARDGATE_CLIENT_ID: CLIENT.id,
    WARDGATE_CLIENT_SECRET: CLIENT.secret,
    DATABASE_URL: test.url,
    LOG_LEVEL: 'silent',
  });
  const policy = parsePolicyFile(POLICY, { publicUrl: PUBLIC_URL });
  if (!environment.ok || !policy.ok) throw new Error(JSON.stringify([environment, policy]));
  return startWardgate(environment.value, policy.value, silentLog);
}

async function follow({ port }: RunningWardgate, headers: Record<string, string> = {}) {
  const accept = 'text/event-stream';
  const response = await fetch(`http://127.0.0.1:${port}/internal/revocations`, {
    headers: { authorization: AUTHORIZATION, accept, ...headers },
  });
  expect(response.status).toBe(200);
  return createEventReader(response);
}

/** Reads events until one tells of that; answers with its cursor. */
async function hear(reader: Awaited<ReturnType<typeof follow>>, id: string): Promise<string> {
  for (;;) {
    const { revocations, cursor } = await reader.next();
    if (revocations.some((revocation) => revocation.id === id)) return cursor;
  }
}

async function revokeByHand(): Promise<string> {
  const id = createId('token');
  await test.database.sql`insert into revocations (kind, subject_id) values ('token', ${id})`;
  return id;
}

const followers = ({ core }: RunningWardgate) => core?.core.revocationActivity.followers() ?? Number.NaN;

it('tells over a socket at once, each second that it lives, and goes on at another core', async () => {
  const [one, other] = [await startCore(), await startCore()];
  onTestFinished(async () => void (await Promise.all([one.stop(), other.stop()])));
  const reader = await follow(one);
  onTestFinished(reader.cancel);
  const cursor = await hear(reader, await revokeByHand());
  // Nothing is revoked now: what comes is a sign of life.
  await expect.poll(async () => (await reader.next()).revocations).toEqual([]);
  const missed = await revokeByHand();
  const resumed = await follow(other, { 'last-event-id': cursor });
  onTestFinished(resumed.cancel);
  await hear(resumed, missed);
});

it('ends streams in order when it stops, instead of waiting for them and then breaking them off', async () => {
  const core = await startCore();
  const reader = await follow(core);
  await reader.next();
  const [, ended] = await Promise.allSettled([core.stop(), reader.ended()]);
  expect(ended.status).toBe('fulfilled');
});

it('forgets a gateway that went away', async () => {
  const core = await startCore();
  onTestFinished(core.stop);
  const alone = followers(core);
  const socket = connect({ port: core.port, host: '127.0.0.1' });
  const request = ['Accept: text/event-stream', `Authorization: ${AUTHORIZATION}`, 'Connection: keep-alive'];
  socket.write(rawRequest('GET /internal/revocations', request));
  await once(socket, 'data');
  await expect.poll(() => followers(core)).toBe(alone + 1);
  socket.destroy();
  await expect.poll(() => followers(core)).toBe(alone);
});

// Ten seconds of work on an idle machine: so much has to be revoked.
const GIVEN_UP_MS = 150_000;

it(
  'gives up a gateway that does not read, however much is revoked',
  async () => {
    const core = await startCore();
    onTestFinished(core.stop);
    const alone = followers(core);
    const socket = connect({ port: core.port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    const request = [
      'Accept: text/event-stream',
      `Authorization: ${AUTHORIZATION}`,
      'Connection: keep-alive',
    ];
    socket.write(rawRequest('GET /internal/revocations', request));
    await expect.poll(() => followers(core)).toBe(alone + 1);
    let rounds = 0;
    const revokeMany = async () => {
      rounds += 1;
      await test.database.sql`insert into revocations (kind, subject_id)
      select 'token', 'jti_' || md5(random()::text) from generate_series(1, 50000)`;
      return followers(core);
    };
    await expect.poll(revokeMany, { timeout: GIVEN_UP_MS, interval: 200 }).toBe(alone);
    expect(rounds).toBeGreaterThan(1);
  },
  2 * GIVEN_UP_MS,
);
