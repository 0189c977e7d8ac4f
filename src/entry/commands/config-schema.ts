import { defineCommand } from 'citty';
import { createPolicyJsonSchema } from '../../config/policy-json-schema.ts';
import type { CommandContext } from './command-line.ts';

/** `wardgate config schema`: prints the JSON schema of the policy file, for editors. */
export const configSchemaCommand = defineCommand({
  meta: { name: 'schema', description: 'Print the JSON schema of the policy file' },
  run({ data }): number {
    const { writeOut }: CommandContext = data;
    writeOut(`${JSON.stringify(createPolicyJsonSchema(), null, 2)}\n`);
    return 0;
  },
});
