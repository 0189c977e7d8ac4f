import type { Policy } from '../config/compile-policy.ts';
import { type ConfigProblem, formatConfigProblem } from '../config/config-problem.ts';
import { type Environment, parseEnvironment } from '../config/environment.ts';
import { ok, type Result, refused } from '../lib/result.ts';
import { readPolicyFile } from './read-policy-file.ts';

/** Everything that a process is told from outside, checked. */
export interface Configuration {
  readonly environment: Environment;
  readonly policy: Policy;
}

/** Reads the environment and the policy file it names; refuses with a text that lists every problem, a line each. */
export async function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<Configuration, string>> {
  const environment = parseEnvironment(env);
  if (!environment.ok) return refused(listProblems('the environment', environment.reason));
  const { policyFile, publicUrl } = environment.value;
  const policy = await readPolicyFile(policyFile, { publicUrl });
  if (!policy.ok) return refused(listProblems(policyFile, policy.reason));
  return ok({ environment: environment.value, policy: policy.value });
}

function listProblems(source: string, problems: readonly ConfigProblem[]): string {
  return problems.map((problem) => `${formatConfigProblem(problem, source)}\n`).join('');
}
