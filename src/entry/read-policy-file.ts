import { readFile } from 'node:fs/promises';
import type { Policy } from '../config/compile-policy.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { type PolicyContext, parsePolicyFile } from '../config/policy-file.ts';
import { type Result, refused } from '../lib/result.ts';

/** Reads and parses the policy file at a path; a file that cannot be read is a problem like any other. Does NOT watch it. */
export async function readPolicyFile(
  file: string,
  context: PolicyContext,
): Promise<Result<Policy, readonly ConfigProblem[]>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return refused([unreadable(reasonOf(error))]);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused([unreadable('found one that is not UTF-8 text')]);
  }
  return parsePolicyFile(text, context);
}

function unreadable(found: string): ConfigProblem {
  return { path: '', line: undefined, column: undefined, message: `expected a policy file, ${found}` };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'found nothing there (WARDGATE_CONFIG names another place)';
  if (code === 'EISDIR') return 'found a folder';
  return `found one that cannot be read (${String(code)})`;
}
