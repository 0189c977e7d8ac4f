// Asks at a steady pace, however slow the answers, and prints the 99th percentile of the time from when a request was due to its answer, in
// milliseconds. Beside it, as many clients as are wanted log in over and over.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const { url, path, headers, perSecond, seconds, storming, logIn } = JSON.parse(process.env.BENCH_JOB ?? '{}');
const decisions = new Agent({ keepAlive: true, maxSockets: 64 });
const storm = new Agent({ keepAlive: true });

async function ask(options: { method: string; path: string; headers: object; agent: Agent }, body?: string) {
  const asked = request(url, { ...options, headers: { ...options.headers } });
  asked.end(body);
  const [response] = await once(asked, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode as number;
}

const beganMs = performance.now();
const endMs = beganMs + seconds * 1000;

async function storms(): Promise<void> {
  const body = JSON.stringify(logIn);
  const options = { method: 'POST', path: '/v1/auth/sessions', agent: storm };
  while (performance.now() < endMs) {
    const status = await ask({ ...options, headers: { 'content-type': 'application/json' } }, body);
    if (status !== 201) throw new Error(`a log-in was answered ${status}`);
  }
}

async function decide(dueMs: number, times: number[]): Promise<void> {
  const status = await ask({ method: 'GET', path, headers, agent: decisions });
  if (status !== 200) throw new Error(`a decision was answered ${status}`);
  times.push(performance.now() - dueMs);
}

const times: number[] = [];
const under = Array.from({ length: storming }, storms);
for (let count = 0; ; count += 1) {
  const dueMs = beganMs + (count * 1000) / perSecond;
  if (dueMs >= endMs) break;
  const waitMs = dueMs - performance.now();
  if (waitMs > 0) await pause(waitMs);
  under.push(decide(dueMs, times));
}
await Promise.all(under);
times.sort((left, right) => left - right);
console.log(times[Math.ceil(times.length * 0.99) - 1]);
process.exit();
