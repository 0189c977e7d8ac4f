import { formatConfigProblem } from '../config/config-problem.ts';
import type { Environment } from '../config/environment.ts';
import type { Log } from '../lib/log.ts';
import { readPolicyFile } from './read-policy-file.ts';
import type { RunningWardgate } from './start-wardgate.ts';

/** Reads the policy file again at SIGHUP. A file with any problem is refused whole, each problem logged with its place, and the old policy stays. */
export function reloadOnSignal(running: RunningWardgate, environment: Environment, log: Log): void {
  // One after another, so that the file as it was read last is the one in force.
  let reloaded = Promise.resolve();
  process.on('SIGHUP', () => {
    reloaded = reloaded
      .then(() => reload(running, environment, log))
      .catch((error: unknown) =>
        log.error('the policy file could not be put in force; the old policy stays', {
          error: error instanceof Error ? error.name : 'unknown',
        }),
      );
  });
}

async function reload(running: RunningWardgate, environment: Environment, log: Log): Promise<void> {
  const { policyFile: file, publicUrl } = environment;
  const policy = await readPolicyFile(file, { publicUrl });
  if (!policy.ok) {
    for (const problem of policy.reason)
      log.error('the policy file has a problem', { problem: formatConfigProblem(problem, file) });
    log.error('the policy file was refused; the old policy stays', { file });
    return;
  }
  const reloaded = running.reload(policy.value);
  if (reloaded.ok) log.info('the policy file was read again', { file, routes: policy.value.routes.length });
  else log.error('the policy file was refused; the old policy stays', { file, problem: reloaded.reason });
}
