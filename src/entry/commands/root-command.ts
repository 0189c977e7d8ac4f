import { defineCommand } from 'citty';
import { auditCommand } from './audit/audit-command.ts';
import { clientsCommand } from './clients/clients-command.ts';
import { configCheckCommand } from './config-check.ts';
import { configSchemaCommand } from './config-schema.ts';
import { keysCommand } from './keys/keys-command.ts';
import { migrateCommand } from './migrate.ts';
import { seedCommand } from './seed.ts';
import { sessionsCommand } from './sessions/sessions-command.ts';
import { usersCommand } from './users/users-command.ts';

/** `wardgate`, with all its commands. */
export const rootCommand = defineCommand({
  meta: { name: 'wardgate', description: 'Auth gateway for clinical services' },
  subCommands: {
    audit: auditCommand,
    clients: clientsCommand,
    config: defineCommand({
      meta: { name: 'config', description: 'Check the policy file, or print its schema' },
      subCommands: { check: configCheckCommand, schema: configSchemaCommand },
    }),
    keys: keysCommand,
    migrate: migrateCommand,
    seed: seedCommand,
    sessions: sessionsCommand,
    users: usersCommand,
  },
});
