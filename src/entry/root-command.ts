import { defineCommand } from 'citty';
import { auditCommand } from './commands/audit/audit-command.ts';
import { clientsCommand } from './commands/clients/clients-command.ts';
import { configCheckCommand } from './commands/config-check.ts';
import { configSchemaCommand } from './commands/config-schema.ts';
import { keysCommand } from './commands/keys/keys-command.ts';
import { migrateCommand } from './commands/migrate.ts';
import { seedCommand } from './commands/seed.ts';
import { sessionsCommand } from './commands/sessions/sessions-command.ts';
import { usersCommand } from './commands/users/users-command.ts';

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
