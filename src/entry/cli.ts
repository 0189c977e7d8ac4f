#!/usr/bin/env node
import { stripVTControlCharacters } from 'node:util';
import { defineCommand } from 'citty';
import { runCommandLine } from './command-line.ts';
import { auditCommand } from './commands/audit/audit-command.ts';
import { configCheckCommand } from './commands/config-check.ts';
import { configSchemaCommand } from './commands/config-schema.ts';
import { migrateCommand } from './commands/migrate.ts';

const root = defineCommand({
  meta: { name: 'wardgate', description: 'Auth gateway for clinical services' },
  subCommands: {
    config: defineCommand({
      meta: { name: 'config', description: 'Check the policy file, or print its schema' },
      subCommands: { check: configCheckCommand, schema: configSchemaCommand },
    }),
    migrate: migrateCommand,
    audit: auditCommand,
  },
});

/** Writes to a stream, with colours only where somebody looks at them. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => {
    stream.write(stream.isTTY ? text : stripVTControlCharacters(text));
  };
}

process.exitCode = await runCommandLine(root, process.argv.slice(2), {
  env: process.env,
  writeOut: writerTo(process.stdout),
  writeError: writerTo(process.stderr),
});
