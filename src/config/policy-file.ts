import { ok, type Result, refused } from '../lib/result.ts';
import { checkAudiences } from './audience-checks.ts';
import type { Policy } from './compile-policy.ts';
import { compilePolicy } from './compile-policy.ts';
import type { ConfigProblem } from './config-problem.ts';
import { checkIssuers } from './issuer-checks.ts';
import type { Complain } from './loose-values.ts';
import { policyFileSchema } from './policy-schema.ts';
import { checkReferences } from './reference-checks.ts';
import { checkRoutes } from './route-checks.ts';
import { schemaProblems } from './schema-problems.ts';
import { problemAt, readYaml } from './yaml-source.ts';

/** What a policy file's meaning depends on besides its text. */
export interface PolicyContext {
  /** The public address, `WARDGATE_PUBLIC_URL`: the issuer of our own core. */
  readonly publicUrl: string;
}

/**
 * Reads a policy file strictly: YAML, then each value by the schema, then what the parts demand of each other. Whatever is wrong is
 * reported at once, with path, line and column, in the order of the file; then there is no policy at all. Only broken YAML hides the
 * rest. Does NOT read the file, and does NOT ask whether an upstream or an issuer is there.
 */
export function parsePolicyFile(
  text: string,
  context: PolicyContext,
): Result<Policy, readonly ConfigProblem[]> {
  const source = readYaml(text);
  if (!source.ok) return source;
  const parsed = policyFileSchema.safeParse(source.value.value);
  const problems = parsed.success ? [] : schemaProblems(source.value, parsed.error.issues);
  const complain: Complain = (path, message, target) => {
    problems.push(problemAt(source.value, path, message, target));
  };
  checkReferences(source.value.value, complain);
  checkIssuers(source.value.value, context.publicUrl, complain);
  checkAudiences(source.value.value, complain);
  checkRoutes(source.value.value, complain);
  if (!parsed.success || problems.length > 0) return refused(problems.sort(byPosition));
  return ok(compilePolicy(parsed.data, context.publicUrl));
}

function byPosition(first: ConfigProblem, second: ConfigProblem): number {
  return (first.line ?? 0) - (second.line ?? 0) || (first.column ?? 0) - (second.column ?? 0);
}
