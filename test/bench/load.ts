import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, runLoad } from './processes.ts';

const CONNECTIONS = 64;

/** The requests that one contender gets. */
export interface Load {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A file of bearer tokens, one a line, sent one after the other; the count of those in it. */
  readonly tokens?: { readonly file: string; readonly count: number };
  /** A form that is posted; a token, where there are any, is written behind it and not into a header. */
  readonly form?: string;
}

/** What one round brought. */
export interface Round {
  readonly requests: number;
  readonly perSecond: number;
}

/** Sends load for a while. Throws where nothing was answered, or anything with other than 2xx. */
export type SendLoad = (port: number, load: Load, seconds: number, firstToken: number) => Promise<Round>;

// Reads its tokens once, then takes the next for each request. The first is given, so that rounds continue and never repeat.
const WRK_SCRIPT = `
local tokens, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    if args[3] then
      tokens[#tokens + 1] = wrk.format("POST", nil, nil, args[3] .. line)
    else
      wrk.headers["authorization"] = "Bearer " .. line
      tokens[#tokens + 1] = wrk.format()
    end
  end
  at = tonumber(args[2])
end
function request()
  at = at % #tokens + 1
  return tokens[at]
end
`;

function refuseFaults(round: Round, faults: number, port: number): Round {
  if (round.requests === 0) throw new Error(`port ${port} answered nothing`);
  if (faults > 0)
    throw new Error(
      `port ${port} answered ${faults} of ${round.requests} with other than 2xx, or not at all`,
    );
  return round;
}

function count(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

/** What makes wrk send one form again and again: it is read once and costs no request anything. */
function formScript(form: string): string {
  return `wrk.method = "POST"\nwrk.body = ${JSON.stringify(form)}\n`;
}

function sendByWrk(folder: string): SendLoad {
  const script = join(folder, 'load.lua');
  const formFile = join(folder, 'form.lua');
  writeFileSync(script, WRK_SCRIPT);
  return async (port, { path, headers, tokens, form }, seconds, firstToken) => {
    const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const further = form === undefined ? [] : [form];
    const scriptArguments = tokens === undefined ? [] : ['--', tokens.file, String(firstToken), ...further];
    if (form !== undefined && tokens === undefined) writeFileSync(formFile, formScript(form));
    const ofOne = form === undefined ? [] : ['-s', formFile];
    // A script costs wrk itself something, so that it is used where there are tokens to cycle through only.
    const scripted = tokens === undefined ? ofOne : ['-s', script];
    const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, ...fields, ...scripted];
    const output = await runLoad(['wrk', ...options, `http://127.0.0.1:${port}${path}`, ...scriptArguments]);
    const faults = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? [];
    const unanswered = faults.slice(1).reduce((sum, one) => sum + Number(one), 0);
    const round = {
      requests: count(output, /(\d+) requests in/),
      perSecond: count(output, /Requests\/sec:\s+([\d.]+)/),
    };
    return refuseFaults(round, unanswered + count(output, /Non-2xx or 3xx responses: (\d+)/), port);
  };
}

function sendByAutocannon(): SendLoad {
  const script = join(import.meta.dirname, 'servers/autocannon-load.ts');
  return async (port, { path, headers, tokens, form }, seconds, firstToken) => {
    const url = `http://127.0.0.1:${port}${path}`;
    const sent = { url, headers, form, tokensFile: tokens?.file, firstToken };
    const job = { ...sent, seconds, connections: CONNECTIONS };
    const output = await runLoad([process.execPath, script], { BENCH_JOB: JSON.stringify(job) });
    const round = JSON.parse(output) as Round & { faults: number };
    return refuseFaults(round, round.faults, port);
  };
}

/** Chooses what sends the load: wrk where it is installed, autocannon otherwise. */
export function chooseLoad(folder: string): { readonly name: string; readonly send: SendLoad } {
  if (isInstalled('wrk')) return { name: 'wrk', send: sendByWrk(folder) };
  return { name: 'autocannon', send: sendByAutocannon() };
}
