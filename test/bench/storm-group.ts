import { join } from 'node:path';
import { freePort } from '../support/servers/loopback-server.ts';
import type { Group } from './groups.ts';
import { type IssuanceScene, issuanceEnvironment, LOGIN, PASSWORD } from './issuance-scene.ts';
import { runLoad, startServer } from './processes.ts';
import { QUESTION } from './wardgate.ts';

// Far below what one core decides, so that nothing but the storm makes a request wait.
const DECISIONS_PER_SECOND = 200;
// Each keeps one log-in in the line for the pool, which is never empty so.
const STORMING = 16;

/** How long a decision takes at most for 99 of 100 requests, at a steady pace, without and with a storm of log-ins on the same process. */
export async function stormGroup(scene: IssuanceScene): Promise<Group> {
  const core = await scene.startCore('RS256');
  const port = await freePort();
  await startServer([process.execPath, join(import.meta.dirname, '../../src/entry/serve.ts')], {
    port,
    outputFile: join(scene.folder, 'wardgate.log'),
    env: {
      ...issuanceEnvironment(core.databaseUrl, scene.folder, 'RS256'),
      PORT: String(port),
      WARDGATE_PUBLIC_URL: `http://localhost:${port}`,
    },
  });
  const token = await tokenOf(port);
  const script = join(import.meta.dirname, 'servers/paced-load.ts');
  const p99 = (storming: number) => async (seconds: number) => {
    const job = {
      url: `http://127.0.0.1:${port}`,
      path: QUESTION.path,
      headers: { ...QUESTION.headers, authorization: `Bearer ${token}` },
      perSecond: DECISIONS_PER_SECOND,
      seconds,
      storming,
      logIn: { login: LOGIN, password: PASSWORD },
    };
    return Number(await runLoad([process.execPath, script], { BENCH_JOB: JSON.stringify(job) }));
  };
  const [calm, storm] = ['decision p99 in calm', 'decision p99 in a storm of log-ins'];
  return {
    name: 'storm of log-ins',
    unit: 'ms',
    contenders: [
      { name: calm, work: p99(0) },
      { name: storm, work: p99(STORMING) },
    ],
    comparisons: [{ name: storm, ours: storm, baseline: calm, target: 3 }],
  };
}

/** Logs in at a running Wardgate, and answers with the access token. */
export async function tokenOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/auth/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: LOGIN, password: PASSWORD }),
  });
  const { accessToken } = (await response.json()) as { accessToken: string };
  return accessToken;
}
