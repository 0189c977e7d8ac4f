import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/entry/demo/demo-users.ts';
import { type RegisteredClient, registerClient } from '../../support/oauth/registered-client.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { type Asked, type Asker, createAsker } from '../../support/replicas/asking.ts';
import type { LoggedIn } from '../../support/replicas/steady-load.ts';
import { openSeveredLink, type SeveredLink } from '../../support/servers/severed-link.ts';
import { callWardgate } from '../../support/wardgate/wardgate-command.ts';
import { startWardgateProcess, type WardgateProcess } from '../../support/wardgate/wardgate-process.ts';

const POOL_MAX = 10;
const END_PATH = '/v1/auth/sessions/current/revoke';
const KINDS = ['/oauth/introspect', '/v1/auth/sessions', END_PATH, '/v1/auth/tokens/refresh'];
const TILL_SERVED = { timeout: 20_000, interval: 10 };
// After an answer that says nothing, as a client would.
const RETRY_MS = 20;

let database: TestDatabase;
let link: SeveredLink;
let core: WardgateProcess;
let client: RegisteredClient;
let asker: Asker;
let admin: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  link = await openSeveredLink(url.hostname, Number(url.port));
  await callWardgate(['seed'], { DATABASE_URL: database.url });
  client = await registerClient(database.url, '--name', 'asker', '--scope', 'introspect');
  core = await startWardgateProcess({
    WARDGATE_ROLE: 'core',
    WARDGATE_PUBLIC_URL: 'https://gate.test',
    WARDGATE_SECRET: 'a-secret-of-at-least-32-bytes-00000',
    DATABASE_URL: Object.assign(url, { hostname: '127.0.0.1', port: String(link.port) }).href,
  });
  asker = createAsker();
  admin = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  asker.close();
  await admin.end();
  await core.stop();
  await link.close();
  await database.drop();
});

interface Begun extends LoggedIn {
  readonly session: { readonly id: string };
}

/** Users at work until it is told to stop, each with one request after the other; every answer is kept. */
async function beginLoad() {
  const place = { name: 'core', origin: `http://127.0.0.1:${core.port}` };
  const asked: (Asked & { readonly path: string })[] = [];
  let isStopping = false;

  async function ask(question: Omit<Parameters<Asker['ask']>[0], 'place'>): Promise<Asked> {
    const answer = await asker.ask({ place, ...question });
    asked.push({ ...answer, path: question.path });
    if (answer.status === 503) await pause(RETRY_MS);
    return answer;
  }

  async function logIn(): Promise<Begun | undefined> {
    const body = { login: 'doctor@demo.test', password: DEMO_PASSWORD };
    const answer = await ask({ path: '/v1/auth/sessions', body });
    return answer.status === 201 ? JSON.parse(answer.body) : undefined;
  }

  /** Refreshes on and on, and asks about each token that comes of it. */
  async function refresh({ session, refreshToken: begunWith }: Begun) {
    let [token, refreshes] = [begunWith, 0];
    for (let isRefreshed = true; !(isStopping && isRefreshed); ) {
      const answer = await ask({ path: '/v1/auth/tokens/refresh', body: { refreshToken: token } });
      isRefreshed = answer.status === 200;
      if (!isRefreshed) continue;
      const { accessToken, refreshToken } = JSON.parse(answer.body);
      [token, refreshes] = [refreshToken, refreshes + 1];
      const said = await ask({ path: '/oauth/introspect', form: { client, fields: { token: accessToken } } });
      if (said.status === 200) expect(JSON.parse(said.body).active).toBe(true);
    }
    return { id: session.id, counter: refreshes };
  }

  /** Logs in and ends that session, on and on, again where it could not be told. */
  async function begin() {
    const ended: string[] = [];
    while (!isStopping) {
      const begun = await logIn();
      if (begun === undefined) continue;
      const end = () => ask({ path: END_PATH, token: begun.accessToken, body: {} });
      for (let status = (await end()).status; status === 503; status = (await end()).status);
      const fields = { token: begun.accessToken };
      const said = await ask({ path: '/oauth/introspect', form: { client, fields } });
      if (said.status === 200) expect(JSON.parse(said.body)).toEqual({ active: false });
      ended.push(begun.session.id);
    }
    return ended;
  }

  const begun = (await Promise.all(Array.from({ length: 6 }, logIn))).filter((one) => one !== undefined);
  expect(begun).toHaveLength(6);
  const running = Promise.all([Promise.all(begun.map(refresh)), begin()]);
  return {
    asked,
    ask,
    async stop() {
      isStopping = true;
      const [refreshed, ended] = await running;
      return { refreshed, ended };
    },
  };
}

type Load = Awaited<ReturnType<typeof beginLoad>>;

const isServed = ({ status, failure }: Asked) =>
  failure === undefined && (status === 200 || status === 201 || status === 204);

/** Waits until so many more requests of the load were served. */
async function expectServed({ asked }: Load, more: number): Promise<void> {
  const wanted = asked.filter(isServed).length + more;
  await expect.poll(() => asked.filter(isServed).length, TILL_SERVED).toBeGreaterThan(wanted);
}

/** Breaks all connections of the core, again and again when it has new ones, and tells how many there were at most. */
async function breakAll(load: Load): Promise<number> {
  const counts: number[] = [];
  for (let time = 0; time < 8; time += 1) {
    await expectServed(load, 20);
    const broken = await admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and application_name = 'wardgate'`;
    counts.push(broken.length);
  }
  return Math.max(...counts);
}

/** Cuts the way to the database, in each manner, and mends it when the core has said that it is away. */
async function cutTwice({ asked }: Load): Promise<number> {
  for (const how of ['end', 'reset'] as const) {
    await link.cut(how);
    const unavailable = () => asked.filter(({ status }) => status === 503).length;
    const before = unavailable();
    await expect.poll(unavailable, TILL_SERVED).toBeGreaterThan(before + 10);
    await link.mend();
  }
  return 0;
}

it.each([
  ['all its connections are broken again and again', breakAll],
  ['the way to the database is cut, and mended', cutTwice],
])('serves all that comes afterwards when %s, and does nothing twice', async (_what, fail) => {
  const load = await beginLoad();
  await expectServed(load, 20);
  const connections = await fail(load);
  // Two turns of the core, in which it hears what has become of its connections.
  for (let time = 0; time < 2; time += 1) expect((await load.ask({ path: '/health' })).status).toBe(200);
  const backMs = performance.now();
  const afterwards = () => load.asked.filter(({ sentMs }) => sentMs > backMs);
  const served = () =>
    new Set(
      afterwards()
        .filter(isServed)
        .map(({ path }) => path),
    );
  await expect.poll(() => [...served()].sort(), TILL_SERVED).toEqual(KINDS);
  const { refreshed, ended } = await load.stop();

  expect(afterwards().filter((one) => !isServed(one))).toEqual([]);
  expect(load.asked.filter((one) => !isServed(one) && !isDocumented(one))).toEqual([]);
  expect(connections).toBeLessThanOrEqual(2 * POOL_MAX);
  for (const { id, counter } of refreshed) {
    const [session] = await admin`select state, refresh_counter from sessions where id = ${id}`;
    expect(session).toEqual({ state: 'active', refresh_counter: counter });
  }
  const told = await admin`select subject_id from revocations where subject_id in ${admin(ended)}`;
  expect(told.map(({ subject_id }) => subject_id).sort()).toEqual(ended.toSorted());
  expect(core.output()).not.toMatch(/"level":[56]0/);
});

/** Whether it is the answer for what cannot be told right now, or, to who ends a session again because of that, that it has ended. */
function isDocumented({ path, status, retryAfter, body }: Asked & { readonly path: string }): boolean {
  if (status === 401) return path === END_PATH;
  return status === 503 && Number(retryAfter) > 0 && body.includes('temporarily_unavailable');
}
