// Sends load from a process of its own and prints what came back as JSON; see `load.ts`.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const job = JSON.parse(process.env.BENCH_JOB ?? '{}') as {
  url: string;
  headers: Record<string, string>;
  seconds: number;
  connections: number;
  tokensFile?: string;
  firstToken: number;
  form?: string;
};
const tokens = job.tokensFile === undefined ? [] : readFileSync(job.tokensFile, 'utf8').trim().split('\n');
let at = job.firstToken;

const withNextToken = {
  setupRequest: (request: autocannon.Request) => {
    const token = tokens[at++ % tokens.length];
    if (job.form !== undefined) return { ...request, method: 'POST' as const, body: job.form + token };
    return { ...request, headers: { ...job.headers, authorization: `Bearer ${token}` } };
  },
};

const result = await autocannon({
  url: job.url,
  headers: job.headers,
  connections: job.connections,
  duration: job.seconds,
  ...(job.form !== undefined ? { method: 'POST' as const, body: job.form } : {}),
  ...(tokens.length > 0 ? { requests: [withNextToken] } : {}),
});
const faults = result.non2xx + result.errors + result.timeouts;
const requests = result.requests.total;
process.stdout.write(JSON.stringify({ requests, perSecond: requests / result.duration, faults }));
