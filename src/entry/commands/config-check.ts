import { defineCommand } from 'citty';
import type { Policy } from '../../config/compile-policy.ts';
import { formatConfigProblem } from '../../config/config-problem.ts';
import { DEFAULT_POLICY_FILE, readPublicUrl } from '../../config/environment.ts';
import { readPolicyFile } from '../read-policy-file.ts';
import type { CommandContext } from './command-line.ts';

/** `wardgate config check [FILE]`: says that a policy file is right, or lists all that is wrong with it and ends with 1. */
export const configCheckCommand = defineCommand({
  meta: { name: 'check', description: 'Check a policy file and list every problem with its line' },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: `The policy file; otherwise WARDGATE_CONFIG, or ${DEFAULT_POLICY_FILE}`,
    },
  },
  async run({ args, data }): Promise<number> {
    const { env, writeOut, writeError }: CommandContext = data;
    const file = args.file || env.WARDGATE_CONFIG || DEFAULT_POLICY_FILE;
    const policy = await readPolicyFile(file, { publicUrl: readPublicUrl(env) });
    if (policy.ok) {
      writeOut(`OK ${file}: ${counts(policy.value)}\n`);
      return 0;
    }
    for (const problem of policy.reason) writeError(`${formatConfigProblem(problem, file)}\n`);
    writeError(`${counted(policy.reason.length, 'problem')} in ${file}\n`);
    return 1;
  },
});

function counts({ issuers, upstreams, routes }: Policy): string {
  return [
    counted(issuers.length, 'issuer'),
    counted(upstreams.length, 'upstream'),
    counted(routes.length, 'route'),
  ].join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
